from pathlib import Path

import pytest
import torch

from ohlora.errors import MissingModelError, ModelError
from ohlora.evaluation.second_parser import DilatedParser, DilatedParserConfig, load_second_parser, save_second_parser

CONFIG = DilatedParserConfig(size=16, width=8, dilations=(1, 2), gender_hidden=4)


def test_shapes() -> None:
    outputs = DilatedParser(CONFIG).eval()(torch.zeros(2, 3, 16, 16))
    assert outputs["segmentation"].shape == (2, 11, 16, 16) and outputs["gender"].shape == (2, 1)


def test_a_saved_parser_parses_pictures(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = DilatedParser(CONFIG).eval()
    parser = load_second_parser(save_second_parser(network, tmp_path))
    image = torch.rand(1, 3, 16, 16) * 2.0 - 1.0
    face = parser(image, heads=("segmentation", "gender"))[0]
    pixels = ((image + 1.0) * 127.5).round() / 127.5 - 1.0
    expected = network(pixels)["gender"].sigmoid().item()
    # Weights are stored in half precision.
    assert face.label_map.shape == (224, 224) and face.gender == pytest.approx(expected, abs=2e-3)


def test_damaged_and_missing_folders(tmp_path: Path) -> None:
    with pytest.raises(MissingModelError, match=r"no config\.json"):
        load_second_parser(tmp_path)
    save_second_parser(DilatedParser(CONFIG), tmp_path)
    (tmp_path / "config.json").write_text('{"size": 16, "width": 12, "dilations": [1, 2], "gender_hidden": 4}')
    with pytest.raises(ModelError, match="cannot read the second parser"):
        load_second_parser(tmp_path)


@pytest.mark.parametrize("sizes", [{"size": 18}, {"width": 7}, {"dilations": ()}, {"dilations": (0,)}])
def test_impossible_sizes(sizes: dict[str, object]) -> None:
    with pytest.raises(ModelError, match="expected"):
        DilatedParserConfig(**sizes)  # type: ignore[arg-type]
