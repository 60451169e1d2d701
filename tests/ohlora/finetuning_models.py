"""Small models that the tests of fine-tuning share."""

import torch

from ohlora.sliders.conditional import ConditionalConfig, ConditionalGenerator
from stylegan import Generator, GeneratorConfig

SIZES = {"resolution": 16, "fmaps_base": 128, "fmaps_max": 8, "z_dim": 12, "w_dim": 10, "mapping_dim": 14}


def tiny_base(**settings: int) -> Generator:
    """A generator of 16x16 pixels with random weights."""
    torch.manual_seed(0)
    generator = Generator(GeneratorConfig.from_dict({**SIZES, "mapping_layers": 3, **settings})).eval()
    for value in generator.state_dict().values():
        if value.ndim == 1:
            value.normal_(std=0.1)
    return generator


def tiny_conditional(names: tuple[str, ...] = ("mouth", "pose"), **settings: int) -> ConditionalGenerator:
    """The same with sliders, untrained."""
    base = tiny_base()
    torch.manual_seed(1)
    return ConditionalGenerator(base, names, ConditionalConfig(regressor_hidden=8, **settings), base_name="tiny")


def disturb(model: ConditionalGenerator) -> ConditionalGenerator:
    """Gives everything that is trained a random value, as if it had been trained."""
    for parameter in model.trainable_parameters().values():
        torch.nn.init.normal_(parameter, std=0.3)
    return model
