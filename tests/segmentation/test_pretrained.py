import json

import pytest
import torch

from segmentation.errors import CheckpointError, MissingModelError
from segmentation.pretrained import CONFIG_FILE, WEIGHTS_FILE, load_portrait_parser, save_parser


def test_round_trip_is_exact(small_parser, parser_folder):
    loaded = load_portrait_parser(parser_folder)
    assert loaded.config == small_parser.config
    assert not loaded.training
    for name, value in small_parser.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], value), name


def test_half_storage_loads_as_float32(small_parser, tmp_path):
    folder = save_parser(small_parser, tmp_path, half=True)
    loaded = load_portrait_parser(folder)
    for name, value in small_parser.state_dict().items():
        expected = value.half().float() if value.is_floating_point() else value
        assert torch.equal(loaded.state_dict()[name], expected), name


@pytest.mark.parametrize("name", [CONFIG_FILE, WEIGHTS_FILE])
def test_a_missing_file_is_named(parser_folder, name):
    (parser_folder / name).unlink()
    with pytest.raises(MissingModelError, match=name):
        load_portrait_parser(parser_folder)


def test_weights_of_another_size_are_refused(parser_folder):
    settings = json.loads((parser_folder / CONFIG_FILE).read_text())
    settings["parser"]["widths"] = [4, 12]
    (parser_folder / CONFIG_FILE).write_text(json.dumps(settings))
    with pytest.raises(CheckpointError, match="does not fit"):
        load_portrait_parser(parser_folder)


@pytest.mark.parametrize("text", ["no json", "[1]", '{"colour": 3}', '{"parser": {"size": 3}}', '{"parser": 3}'])
def test_a_damaged_config_is_refused(parser_folder, text):
    (parser_folder / CONFIG_FILE).write_text(text)
    with pytest.raises(CheckpointError, match=CONFIG_FILE):
        load_portrait_parser(parser_folder)


def test_damaged_weights_are_refused(parser_folder):
    (parser_folder / WEIGHTS_FILE).write_bytes(b"not a tensor file")
    with pytest.raises(CheckpointError):
        load_portrait_parser(parser_folder)


def test_nothing_half_written_is_left(parser_folder):
    assert sorted(path.name for path in parser_folder.iterdir()) == [CONFIG_FILE, WEIGHTS_FILE]


def test_a_parser_shares_its_folder(small_parser, tmp_path):
    (tmp_path / CONFIG_FILE).write_text(json.dumps({"format_version": 1, "generator": {"resolution": 16}}))
    save_parser(small_parser, tmp_path)
    config = json.loads((tmp_path / CONFIG_FILE).read_text())
    assert config["generator"] == {"resolution": 16} and config["parser"]["format_version"] == 1
    assert load_portrait_parser(tmp_path).config == small_parser.config
    config["parser"]["format_version"] = 2
    (tmp_path / CONFIG_FILE).write_text(json.dumps(config))
    with pytest.raises(CheckpointError, match="expected a parser of format_version 1, found 2"):
        load_portrait_parser(tmp_path)


def test_the_first_parsers_were_alone_in_their_folder(small_parser, parser_folder):
    config = json.loads((parser_folder / CONFIG_FILE).read_text())
    del config["parser"]["format_version"]
    (parser_folder / CONFIG_FILE).write_text(json.dumps(config["parser"]))
    assert load_portrait_parser(parser_folder).config == small_parser.config
    save_parser(small_parser, parser_folder)
    assert list(json.loads((parser_folder / CONFIG_FILE).read_text())) == ["parser"]
