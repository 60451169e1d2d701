import math

import numpy as np
import pytest
import torch
from PIL import Image

from segmentation import FaceClass, FaceParser, MissingModelError
from segmentation.backends import BackendOptions
from segmentation.backends.unet import EMBEDDED, PortraitsBackend


@pytest.fixture
def constant_parser(small_parser):
    """Answers nose everywhere, and female with odds of three to one."""
    with torch.no_grad():
        for head in (small_parser.to_logits, small_parser.gender.logit):
            head.weight.zero_()
            head.bias.zero_()
        small_parser.to_logits.bias[FaceClass.NOSE] = 1.0
        small_parser.gender.logit.bias.fill_(math.log(3))
    return FaceParser(PortraitsBackend(small_parser))


def test_label_map_and_gender(constant_parser):
    (face,) = constant_parser(Image.new("RGB", (40, 30)), heads=("segmentation", "gender"))
    assert face.label_map.dtype == np.uint8
    assert (face.label_map == FaceClass.NOSE).all()
    assert face.gender == pytest.approx(0.75)
    np.testing.assert_allclose(face.heads["gender"], [0.25, 0.75], atol=1e-6)


def test_gender_comes_without_being_asked_for(constant_parser):
    (face,) = constant_parser(Image.new("RGB", (16, 16)))
    assert face.gender == pytest.approx(0.75)
    assert face.heads == {}


def test_no_label_map_unless_asked_for(constant_parser):
    (face,) = constant_parser(Image.new("RGB", (16, 16)), heads=("gender",))
    assert face.label_map.shape == (0, 0)


def test_the_whole_image_is_the_crop(constant_parser):
    (face,) = constant_parser(Image.new("RGB", (40, 40), (9, 8, 7)))
    assert face.box == (0.0, 0.0, 40.0, 40.0)
    assert face.crop.shape == (224, 224, 3)
    assert face.crop[0, 0].tolist() == [9, 8, 7]


def test_pictures_that_are_not_square_keep_their_proportions(small_parser):
    """A disc stays round; beside it the colours of the edges go on, and the box says where the picture lies in the crop."""
    seen = []
    small_parser.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0]))
    y, x = np.mgrid[:64, :48]
    disc = (x - 23.5) ** 2 + (y - 31.5) ** 2 < 16**2
    pixels = np.where(disc[..., None], np.uint8(250), np.uint8([30, 60, 90]))
    (face,) = FaceParser(PortraitsBackend(small_parser))(Image.fromarray(pixels))
    assert face.box == (-8.0, 0.0, 56.0, 64.0)
    bright = face.crop[..., 2] > 170
    assert bright[112].sum() == bright[:, 112].sum() == 112  # 32 of 64 pixels, at 224
    assert face.crop[:, 0].tolist() == [[30, 60, 90]] * 224
    # The network's picture likewise, in 16 pixels: two of padding either side.
    np.testing.assert_allclose(seen[0][0, 2, :, 1], 90 / 127.5 - 1, atol=0.02)
    np.testing.assert_allclose(face.to_image([[112.0, 112.0]]), [[24 - 0.5 + 1 / 7, 32 - 0.5 + 1 / 7]])


def test_a_batch_keeps_little_of_large_pictures(small_parser):
    prepared = PortraitsBackend(small_parser).prepare(Image.new("RGB", (6000, 4000)))
    assert prepared.inputs.nbytes + prepared.crop.nbytes == (16 * 16 + 224 * 224) * 3
    assert prepared.inputs.base is None and prepared.crop.base is None
    assert prepared.image_size == (6000, 4000)


def test_network_sees_the_documented_range(small_parser):
    seen = []
    small_parser.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0]))
    FaceParser(PortraitsBackend(small_parser))([Image.new("RGB", (16, 16), (0, 255, 51))])
    # 51 / 127.5 - 1 = -0.6
    np.testing.assert_allclose(seen[0][0, :, 3, 3], [-1.0, 1.0, -0.6], atol=1e-6)


def test_logits_are_enlarged_before_the_decision(small_parser):
    """A border between two classes lies where the enlarged logits cross, not on a multiple of the network's pixels."""

    class Ramp(torch.nn.Module):
        config = small_parser.config

        def forward(self, images):
            logits = torch.zeros(len(images), 11, 16, 16)
            logits[:, 1] = torch.arange(16.0) - 7.25
            return {"segmentation": logits, "gender": torch.zeros(len(images), 1)}

    (face,) = FaceParser(PortraitsBackend(Ramp()))(Image.new("RGB", (16, 16)))
    # Skin wins over background where (column + 0.5) / 14 - 0.5 > 7.25, from column 108 on; 8 * 14 = 112 otherwise.
    assert face.label_map[0].tolist() == [0] * 108 + [1] * 116


def test_missing_embedded_weights_are_named(monkeypatch, tmp_path):
    monkeypatch.setattr("segmentation.backends.unet.EMBEDDED", tmp_path)
    with pytest.raises(MissingModelError, match="the embedded parser is missing"):
        PortraitsBackend.build(BackendOptions())


def test_embedded_parser_loads():
    if not EMBEDDED.is_dir():
        pytest.skip(f"no embedded parser in {EMBEDDED} yet")
    (face,) = FaceParser.from_pretrained("portraits")(Image.new("RGB", (128, 128)))
    assert face.label_map.shape == (224, 224)
    assert 0 <= face.gender <= 1
