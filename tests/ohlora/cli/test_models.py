import json
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner
from PIL import Image

from ohlora.cli.main import main
from stylegan import build_discriminator, build_generator, from_pretrained, save_pretrained
from tests.stylegan.golden_networks import stylegan2_generator

SMALL = {"resolution": 8, "fmaps_base": 64, "fmaps_max": 8}


def run(*arguments):
    return CliRunner().invoke(main, ["models", *map(str, arguments)])


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("OHLORA_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def checkpoint(tmp_path):
    path = tmp_path / "published.pth"
    generator, discriminator = build_generator(**SMALL), build_discriminator(**SMALL)
    torch.save({"generator_smooth": generator.state_dict(), "discriminator": discriminator.state_dict()}, path)
    return path


def test_list_names_licence_and_size():
    lines = run("list").output.splitlines()
    assert lines[0].split() == ["NAME", "STATUS", "SIZE", "LICENCE", "WHAT"]
    mtcnn = next(line for line in lines if line.startswith("mtcnn"))
    assert "1.99 MB" in mtcnn
    assert "MIT" in mtcnn


def test_info_of_a_name():
    output = run("info", "facexformer").output
    assert "sha256 327a755849ba64d336fb96589ff87b27e84a12be1ecf8bcfaa503d66f803286d" in output


def test_info_of_a_file(checkpoint):
    output = run("info", checkpoint).output
    assert "generator_smooth, discriminator" in output
    assert "generator      8x8" in output


def test_info_of_nothing():
    result = run("info", "nothing")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: nothing is neither a known generator (portraits, ")


def test_pull_of_an_embedded_model():
    assert run("pull", "portraits").output == "portraits ships with ohlora; there is nothing to fetch\n"


def test_convert_writes_a_model_folder(checkpoint, tmp_path):
    folder = tmp_path / "mine"
    result = run("convert", checkpoint, folder, "--half")
    assert result.exit_code == 0
    assert {path.name for path in folder.iterdir()} == {
        "config.json",
        "generator.safetensors",
        "discriminator.safetensors",
    }
    assert json.loads((folder / "config.json").read_text())["generator"]["resolution"] == 8
    original = torch.load(checkpoint, weights_only=True)["generator_smooth"]["synthesis.layer0.const"]
    torch.testing.assert_close(from_pretrained(folder).state_dict()["synthesis.layer0.const"], original.half().float())


def test_convert_keeps_what_is_there(checkpoint, tmp_path):
    folder = tmp_path / "mine"
    run("convert", checkpoint, folder)
    result = run("convert", checkpoint, folder)
    assert result.exit_code == 2
    assert "holds a model already; choose another folder, or add --force" in result.stderr
    assert run("convert", checkpoint, folder, "--force").exit_code == 0


def test_convert_of_a_model_that_is_not_here(tmp_path):
    result = run("convert", "ohlora-v4", tmp_path / "mine")
    assert result.exit_code == 2
    assert "run `ohlora models pull ohlora-v4`" in result.stderr


def test_convert_of_a_folder(tmp_path):
    result = run("convert", tmp_path, tmp_path / "mine")
    assert result.exit_code == 2
    assert "is a model folder already; expected a checkpoint file" in result.stderr


def test_convert_of_a_file_that_is_no_checkpoint(tmp_path):
    (tmp_path / "x.pth").write_bytes(b"nonsense")
    result = run("convert", tmp_path / "x.pth", tmp_path / "mine")
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1


def test_a_command_says_what_it_found_in_a_file(tmp_path: Path) -> None:
    torch.save(stylegan2_generator("u32").state_dict(), tmp_path / "face.pt")
    arguments = ["synthesize", "--seeds", "0", "--model", str(tmp_path / "face.pt"), "--out", str(tmp_path / "faces")]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert result.stderr.count(f"{tmp_path}/face.pt: StyleGAN2 in the layout of NVLabs, generator, 32x32\n") == 1
    assert "StyleGAN2" not in result.stdout
    convert = ["models", "convert", str(tmp_path / "face.pt"), str(tmp_path / "model")]
    assert CliRunner().invoke(main, convert).exit_code == 0
    again = CliRunner().invoke(main, [*arguments[:4], str(tmp_path / "model"), "--out", str(tmp_path / "again")])
    assert again.exit_code == 0, again.output
    name = "seed00000000.png"
    with Image.open(tmp_path / "faces" / name) as first, Image.open(tmp_path / "again" / name) as second:
        assert first.tobytes() == second.tobytes()


def test_info_tells_the_sliders_and_their_ranges():
    output = run("info", "portraits").output
    assert "\nslider         mouth 0 to 1: " in output and "\nslider         pose -1 to 1: " in output


def test_info_says_that_sliders_are_of_an_earlier_version(tmp_path):
    save_pretrained(build_generator(**SMALL), tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps({**config, "conditional": {"format_version": 1}}))
    (tmp_path / "sliders.safetensors").write_bytes(b"")
    assert "\nslider         none: " in (output := run("info", tmp_path).output)
    assert "was made by an earlier version of ohlora" in output
