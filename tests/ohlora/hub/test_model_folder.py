"""Tests of ohlora.hub.model_folder on a linear layer of two numbers."""

import json
from pathlib import Path

import pytest
import torch
from torch import nn

from ohlora.errors import MissingModelError, ModelError
from ohlora.hub.model_folder import ModelKind, damaged_settings, holds_model, load_strictly, read_model, write_model

LINE = ModelKind("line", "line.safetensors", 2, "ohlora draw-lines")


def change_config(folder: Path, **entry: object) -> None:
    config = json.loads((folder / "config.json").read_text())
    config["line"].update(entry)
    (folder / "config.json").write_text(json.dumps(config))


def test_what_is_written_is_read_and_the_rest_of_the_folder_stays(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    write_model(folder, ModelKind("other", "other.safetensors", 1, "nothing"), {}, {"a": torch.ones(1)})
    state = {"weight": torch.tensor([[0.5, 1.0]]), "count": torch.tensor(70_000)}
    assert write_model(folder, LINE, {"inputs": 2}, state, dtype=torch.float16) == folder
    settings, read = read_model(folder, LINE)
    assert settings == {"inputs": 2}
    # 70,000 is above float16's largest number; whole numbers keep their type.
    assert read["weight"].dtype == torch.float32 and read["weight"].tolist() == [[0.5, 1.0]] and read["count"] == 70_000
    config = json.loads((folder / "config.json").read_text())
    assert config["line"] == {"format_version": 2, "inputs": 2} and "other" in config
    assert sorted(path.name for path in folder.iterdir()) == ["config.json", "line.safetensors", "other.safetensors"]
    assert holds_model(folder, LINE) and not holds_model(tmp_path, LINE)


@pytest.mark.parametrize(
    ("version", "message"),
    [
        (
            None,
            r"an earlier version of ohlora \(line of format version none, expected 2\); run ohlora draw-lines again",
        ),
        (1, "an earlier version of ohlora"),
        (3, r"a later version of ohlora .*; update ohlora, or run ohlora draw-lines again"),
    ],
)
def test_other_versions_are_told_from_damaged_files(tmp_path: Path, version: int | None, message: str) -> None:
    write_model(tmp_path, LINE, {}, {"a": torch.ones(1)})
    change_config(tmp_path, format_version=version)
    with pytest.raises(ModelError, match=message):
        read_model(tmp_path, LINE)


def test_what_is_missing_or_damaged_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(MissingModelError, match="found no such folder"):
        read_model(tmp_path / "nowhere", LINE)
    with pytest.raises(MissingModelError, match=r"config.json, found no such file; make it with ohlora draw-lines"):
        read_model(tmp_path, LINE)
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(MissingModelError, match="has no entry line; make it with ohlora draw-lines"):
        read_model(tmp_path, LINE)
    write_model(tmp_path, LINE, {}, {"a": torch.ones(1)})
    (tmp_path / "line.safetensors").write_bytes(b"damaged")
    with pytest.raises(ModelError, match="not a readable safetensors file") as caught:
        read_model(tmp_path, LINE)
    assert "\n" not in str(caught.value)
    (tmp_path / "line.safetensors").unlink()
    with pytest.raises(MissingModelError, match="expected the weights of line at"):
        read_model(tmp_path, LINE)
    for text, message in (("{", "not readable JSON"), ("[]", "expected a JSON object, found a list")):
        (tmp_path / "config.json").write_text(text)
        with pytest.raises(ModelError, match=message):
            read_model(tmp_path, LINE)


def test_damaged_settings_name_the_key(tmp_path: Path) -> None:
    assert "the entry line is damaged ('inputs' is missing)" in str(
        damaged_settings(tmp_path, LINE, KeyError("inputs"))
    )


def test_states_are_taken_over_whole(tmp_path: Path) -> None:
    line = nn.Linear(2, 1)
    load_strictly(line, {"weight": torch.ones(1, 2), "bias": torch.zeros(1)}, tmp_path)
    assert line.weight.tolist() == [[1.0, 1.0]]
    with pytest.raises(ModelError, match=r"bias \(1,\) is missing; slope \(1,\) is not expected; weight should be"):
        load_strictly(line, {"weight": torch.ones(2, 2), "slope": torch.zeros(1)}, tmp_path)
