"""Tests of ohlora.hub.networks: parsers and generators by the name of their model."""

from pathlib import Path

import pytest
import torch

from ohlora.errors import DownloadError, MissingModelError
from ohlora.hub import CATALOG, load_generator, load_parser, resolve_model
from segmentation import MissingModelError as MissingWeightsError
from segmentation import PortraitParser, PortraitParserConfig, save_parser
from stylegan import CheckpointError
from tests.stylegan.networks import tiny_generator


def test_parsers(home, tmp_path):
    with pytest.raises(MissingModelError, match="run `ohlora models pull facexformer`"):
        load_parser("facexformer", "cpu")
    (home / "facexformer").mkdir(parents=True)
    (home / "facexformer" / "model.pt").write_bytes(b"")
    assert resolve_model("facexformer", "parser") == home / "facexformer" / "model.pt"
    with pytest.raises(MissingModelError, match="run `ohlora models pull mtcnn`"):
        load_parser("facexformer", "cpu")
    (home / "mtcnn").mkdir()
    for file in CATALOG["mtcnn"].files:
        (home / "mtcnn" / file.name).write_bytes(b"damaged")
    with pytest.raises(
        DownloadError, match=r"pnet.pt is not the published pnet.pt: .* `ohlora models pull --force mtcnn`"
    ):
        load_parser("facexformer", "cpu")
    with pytest.raises(MissingWeightsError, match="no config.json in"):
        load_parser(tmp_path, "cpu")


def test_a_parser_of_ones_own(tmp_path):
    network = PortraitParser(PortraitParserConfig(size=16, widths=(4, 8), gender_hidden=4))
    folder = save_parser(network, tmp_path / "run" / "model")
    parser = load_parser(tmp_path / "run", "cpu")
    assert parser.name == "portraits" and folder == Path(tmp_path / "run" / "model")
    (face,) = parser(torch.zeros(1, 3, 16, 16))
    assert face.found


@pytest.mark.parametrize("channels", [1, 4])
def test_generators_of_other_pictures_than_rgb_are_refused(tmp_path, channels):
    torch.save(tiny_generator(image_channels=channels).state_dict(), tmp_path / "other.pth")
    with pytest.raises(CheckpointError, match=f"RGB pictures, found one of {channels} channels"):
        load_generator(tmp_path / "other.pth")
