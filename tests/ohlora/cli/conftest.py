"""Models that are small enough to run in an instant, as folders that the commands take."""

from pathlib import Path

import pytest
import torch

from segmentation.pretrained import save_parser
from segmentation.unet.network import PortraitParser, PortraitParserConfig
from stylegan import Generator, GeneratorConfig, save_pretrained


@pytest.fixture(scope="session")
def tiny_generator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder with a generator of 32x32 and random weights."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("generator")
    sizes = {"z_dim": 16, "w_dim": 16, "mapping_dim": 16, "fmaps_base": 256, "fmaps_max": 16}
    save_pretrained(Generator(GeneratorConfig(resolution=32, **sizes)), folder)
    return folder


@pytest.fixture(scope="session")
def tiny_parser(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a parser of 32x32 and random weights."""
    torch.manual_seed(0)
    return save_parser(
        PortraitParser(PortraitParserConfig(32, (4, 8), gender_hidden=4)), tmp_path_factory.mktemp("parser")
    )
