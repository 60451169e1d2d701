import pytest
import torch

from segmentation.errors import ImageInputError, SegmentationError
from segmentation.unet.network import PortraitParser, PortraitParserConfig


def test_outputs_have_the_documented_shapes(small_parser):
    outputs = small_parser(torch.zeros(3, 3, 16, 16))
    assert outputs["segmentation"].shape == (3, 11, 16, 16)
    assert outputs["gender"].shape == (3, 1)


def test_default_sizes():
    parser = PortraitParser()
    parameters = sum(parameter.numel() for parameter in parser.parameters())
    assert 0.9e6 < parameters < 1.5e6
    assert parser.config.size == 128


def test_images_of_a_batch_do_not_mix(small_parser):
    images = torch.randn(2, 3, 16, 16, generator=torch.Generator().manual_seed(1))
    both, alone = small_parser(images), small_parser(images[1:])
    torch.testing.assert_close(both["segmentation"][1:], alone["segmentation"])
    torch.testing.assert_close(both["gender"][1:], alone["gender"])


def test_both_outputs_train_every_weight(small_parser):
    outputs = small_parser.train()(torch.randn(2, 3, 16, 16))
    (outputs["segmentation"].square().mean() + outputs["gender"].square().mean()).backward()
    assert all(parameter.grad is not None for parameter in small_parser.parameters())


@pytest.mark.parametrize("shape", [(3, 16, 16), (1, 1, 16, 16), (1, 3, 32, 32)])
def test_other_shapes_are_refused(small_parser, shape):
    with pytest.raises(ImageInputError, match=r"expected images of shape \(B, 3, 16, 16\)"):
        small_parser(torch.zeros(shape))


@pytest.mark.parametrize(
    "settings",
    [{"size": 100}, {"size": 8}, {"widths": (16,)}, {"widths": (16, 0)}, {"num_classes": 1}, {"gender_hidden": 0}],
)
def test_impossible_settings_are_refused(settings):
    with pytest.raises(SegmentationError):
        PortraitParserConfig(**settings)
