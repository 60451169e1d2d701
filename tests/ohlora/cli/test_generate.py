import json
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner, Result
from PIL import Image

from ohlora.cli.main import main
from ohlora.datasets.face_folder import FaceDataset
from ohlora.sliders.conditional import ConditionalConfig, ConditionalGenerator
from stylegan import Generator, GeneratorConfig, save_pretrained
from tests.ohlora.finetuning_models import tiny_base


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    sizes = {"z_dim": 8, "w_dim": 8, "mapping_dim": 8, "fmaps_base": 64, "fmaps_max": 8}
    base = Generator(GeneratorConfig(resolution=16, **sizes))
    conditional = ConditionalGenerator(base, ["mouth", "pose"], ConditionalConfig(regressor_hidden=8))
    for parameter in conditional.trainable_parameters().values():
        torch.nn.init.normal_(parameter, std=0.5)
    place = tmp_path_factory.mktemp("model")
    conditional.save_pretrained(place)
    return place


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["generate", *map(str, arguments)])


def test_faces_with_recipes_that_make_them_again(tmp_path: Path, model: Path) -> None:
    result = run("--seeds", "0-2", "--mouth", 0.9, "--pose", -0.4, "--out", tmp_path / "faces", "--model", model)
    assert result.exit_code == 0, result.output
    dataset = FaceDataset(tmp_path / "faces")
    assert dataset.text("slider_mouth") == ["0.9"] * 3 and dataset.text("slider_pose") == ["-0.4"] * 3
    face = tmp_path / "faces" / "seed00000002.png"
    with Image.open(face) as image:
        recipe = json.loads(image.info["ohlora"])
    assert recipe["seed"] == 2 and recipe["sliders"] == {"mouth": 0.9, "pose": -0.4} and recipe["truncation"] == 0.7
    assert recipe["model"] == str(model) and len(recipe["weights"]) == 12
    assert run("--recipe", face, "--out", tmp_path / "again.png").exit_code == 0
    assert (tmp_path / "again.png").read_bytes() == face.read_bytes()


def test_a_second_run_keeps_what_is_there_and_other_sliders_are_faces_of_their_own(tmp_path: Path, model: Path) -> None:
    arguments = ("--out", tmp_path, "--model", model)
    run("--seeds", "0-1", *arguments, "--mouth", 0.9)
    written = (tmp_path / "seed00000000.png").stat().st_mtime_ns
    assert "1 face in" in run("--seeds", "0-2", *arguments, "--mouth", 0.9).output
    assert (tmp_path / "seed00000000.png").stat().st_mtime_ns == written
    for _ in range(2):
        result = run("--seeds", "2", *arguments, "--mouth", "0.1,0.9")
        assert result.exit_code == 0, result.output
    assert "0 faces" in result.output and "2 were there already" in result.output
    dataset = FaceDataset(tmp_path)
    assert list(dataset.rows) == [*(f"seed0000000{seed}.png" for seed in range(3)), "seed00000002-2.png"]
    assert dataset.text("slider_mouth") == ["0.9", "0.9", "0.9", "0.1"] and dataset.text("seed") == ["0", "1", "2", "2"]
    alone = tmp_path / "alone.png"
    run("--seeds", 2, "--mouth", 0.1, "--model", model, "--out", alone)
    assert (
        alone.read_bytes()
        == (tmp_path / "seed00000002-2.png").read_bytes()
        != (tmp_path / "seed00000002.png").read_bytes()
    )


def test_a_folder_of_varied_sliders(tmp_path: Path, model: Path) -> None:
    command = ("--seeds", "0-1", "--mouth", "0:1", "--random", "--variations", 2, "--model", model)
    for out in (tmp_path / "once", tmp_path / "again"):
        assert run(*command, "--out", out).exit_code == 0
    once, again = FaceDataset(tmp_path / "once"), FaceDataset(tmp_path / "again")
    assert once.rows == again.rows and len(set(once.text("slider_mouth")) | set(once.text("slider_pose"))) == 8
    table = tmp_path / "wanted.csv"
    table.write_text(
        "\n".join(
            ["seed,mouth,pose"]
            + [",".join(row[name] for name in ("seed", "slider_mouth", "slider_pose")) for row in once.rows.values()]
        )
    )
    assert run("--requests", table, "--model", model, "--out", tmp_path / "asked").exit_code == 0
    assert FaceDataset(tmp_path / "asked").rows == once.rows
    for name in once.rows:
        assert (tmp_path / "asked" / name).read_bytes() == (tmp_path / "once" / name).read_bytes()


def test_a_folder_of_an_earlier_version_goes_on(tmp_path: Path, model: Path) -> None:
    command = ("--mouth", 0.9, "--model", model, "--out", tmp_path)
    run("--seeds", "0-1", *command)
    text = (tmp_path / "metadata.csv").read_text()
    (tmp_path / "metadata.csv").write_text(text.replace("slider_mouth", "sliders").replace(",0.9", ",mouth=0.9"))
    assert "2 were there already" in run("--seeds", "0-2", *command).output


def test_wrong_values_are_refused_before_anything_is_loaded(tmp_path: Path, model: Path) -> None:
    (tmp_path / "broken").mkdir()
    for name in ("config.json", "sliders.safetensors"):
        (tmp_path / "broken" / name).write_bytes((model / name).read_bytes())
    (tmp_path / "wanted.csv").write_text("seed,moth\n1,0.5\n")
    command = ("--model", tmp_path / "broken", "--out", tmp_path / "out.png")
    for arguments, message in (
        (("--seeds", 1, "--mouth", 2), "expected mouth from 0 to 1, got 2"),
        (("--seeds", 1, "--mouth", "0,1.5"), "expected mouth from 0 to 1, got 1.5"),
        (("--seeds", 1, "--eyes", 0), "no slider is called 'eyes'"),
        (("--seeds", 1, "--sweep", "mouth=0:3:7"), "expected mouth from 0 to 1, got 1.5"),
        (("--requests", tmp_path / "wanted.csv"), "no slider is called 'moth'"),
        (("--seeds", 1, "--mouth", 1), "generator"),
    ):
        result = run(*arguments, *command)
        assert result.exit_code == 2 and message in result.stderr and result.stderr.count("\n") == 1, result.output


def test_numbers_with_more_digits_than_the_table_keeps_are_no_other_settings(tmp_path: Path, model: Path) -> None:
    arguments = ("--out", tmp_path, "--model", model, "--trunc", 0.1234567891, "--mouth", 0.1234567891)
    assert "1 face in" in run("--seeds", "0", *arguments).output
    assert "1 were there already" in run("--seeds", "0-1", *arguments).output
    other = run("--seeds", "0-1", "--out", tmp_path, "--model", model, "--trunc", 0.1234, "--mouth", 0.1234567891)
    assert other.exit_code == 2 and "holds faces with truncation '0.123456789'" in other.stderr


@pytest.mark.parametrize("name", ["face.png", "face.JPG"])
def test_one_seed_and_a_pictures_suffix_make_that_file(tmp_path: Path, model: Path, name: str) -> None:
    face, arguments = tmp_path / name, ("--seeds", 7, "--mouth", 0.9, "--model", model)
    result = run(*arguments, "--out", face)
    assert result.exit_code == 0 and list(tmp_path.iterdir()) == [face], result.output
    with Image.open(face) as image:
        assert image.format == ("PNG" if name == "face.png" else "JPEG")
    assert run("--recipe", face, "--out", tmp_path / f"again{face.suffix}").exit_code == 0
    assert (tmp_path / f"again{face.suffix}").read_bytes() == face.read_bytes()
    assert run(*arguments, "--out", face).exit_code == 0, "a picture with a recipe may be replaced"


@pytest.mark.parametrize("extra", [(), ("--sweep", "mouth=0:1:2")], ids=["face", "sweep"])
def test_files_of_others_are_not_overwritten(tmp_path: Path, model: Path, extra: tuple[str, ...]) -> None:
    notes, mine = tmp_path / "notes.png", tmp_path / "mine.png"
    notes.write_text("my notes")
    Image.new("RGB", (4, 4)).save(mine)
    run("--seeds", 7, "--out", tmp_path / "face.png", "--model", model)
    for place in (notes, mine):
        before = place.read_bytes()
        for arguments in (("--seeds", 7, *extra), ("--recipe", tmp_path / "face.png")):
            result = run(*arguments, "--out", place, "--model", model)
            assert result.exit_code == 2 and "choose another --out" in result.stderr, result.output
            assert place.read_bytes() == before


def test_sweeps_become_sheets_and_moving_pictures(tmp_path: Path, model: Path) -> None:
    for name in ("mouth.png", "mouth.gif", "mouth.mp4"):
        for _ in range(2):  # the second one replaces the first
            result = run(
                "--seeds", "0-1", "--sweep", "mouth=0:1:4", "--pose", 0, "--out", tmp_path / name, "--model", model
            )
            assert result.exit_code == 0, result.output
        assert run("--recipe", tmp_path / name, "--out", tmp_path / f"again-{name}").exit_code == 0
        assert (tmp_path / f"again-{name}").read_bytes() == (tmp_path / name).read_bytes()
    with Image.open(tmp_path / "mouth.gif") as film:
        assert film.n_frames == 6  # type: ignore[attr-defined]  # four values there, two of them again on the way back


def test_a_film_needs_a_library_and_says_so(tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ohlora.generation.moving_picture.can_film", lambda: False)
    result = run("--seeds", "0", "--sweep", "mouth=0:1:4", "--out", tmp_path / "a.mp4", "--model", model)
    assert result.exit_code == 2 and "an MP4 needs PyAV" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--seeds", "0", "--mouth", "2", "--out", "x"], "expected mouth from 0 to 1, got 2; the sliders are"),
        (["--seeds", "0", "--mouth", "wide", "--out", "x"], "expected for mouth a value such as 0.9, a list"),
        (["--seeds", "0", "--mouth", "0:1", "--sweep", "pose=0:1:3", "--out", "x.png"], "expected one value for mouth"),
        (
            ["--seeds", "0", "--random", "--sweep", "pose=0:1:3", "--out", "x.png"],
            "leave --random and --variations out",
        ),
        (["--seeds", "0", "--mouth", "0,1", "--out", "x.png"], "2 faces do not fit into one picture"),
        (["--seeds", "0", "--variations", "3", "--out", "x"], "none is random"),
        (["--requests", "x.csv", "--mouth", "1", "--out", "x"], "leave sliders out"),
        (["--requests", "x.csv", "--out", "x"], "cannot read x.csv: No such file"),
        (["--seeds", "0", "--eyes", "0.5", "--out", "x"], "no slider is called 'eyes'"),
        (["--seeds", "0", "--sweep", "mouth", "--out", "x.png"], "mouth=0:1:7"),
        (["--seeds", "0", "--sweep", "mouth=0:3:7", "--out", "x.png"], "expected mouth from 0 to 1, got 1.5"),
        (["--seeds", "0", "--sweep", "mouth=0:1:7", "--mouth", "1", "--out", "x.png"], "cannot be set as well"),
        (["--seeds", "0", "--sweep", "mouth=0:1:7", "--out", "x.bmp"], "ends in .png, .gif, .mp4"),
        (["--seeds", "0,1", "--out", "x.png"], "2 seeds do not fit into one picture"),
        (["--seeds", "0", "--sweep", "mouth=0:1:100000000", "--out", "x.png"], "at most 2000 faces"),
        (
            ["--seeds", "0-99", "--sweep", "mouth=0:1:21", "--out", "x.png"],
            "at most 2000 faces (steps x seeds) in a sweep, got 2100",
        ),
        (["--seeds", "0"], "expected --seeds and --out, or --recipe"),
        (["--recipe", "x.png", "--seeds", "0"], "leave --seeds"),
        (["--recipe", "missing.png"], "no such file"),
    ],
)
def test_mistakes_are_one_line(
    tmp_path: Path, model: Path, arguments: list[str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*arguments, "--model", model)
    assert result.exit_code == 2 and message in result.stderr, result.output
    assert list(tmp_path.iterdir()) == []


def test_recipes_of_others(tmp_path: Path, model: Path) -> None:
    from PIL.PngImagePlugin import PngInfo

    plain, info = tmp_path / "plain.png", PngInfo()
    Image.new("RGB", (4, 4)).save(plain)
    assert "found none" in run("--recipe", plain).stderr
    info.add_text("ohlora", json.dumps({"seed": 3, "model": "m", "weights": "w", "truncation": 0.7}))
    Image.new("RGB", (4, 4)).save(plain, pnginfo=info)
    assert "ohlora synthesize --seeds 3 --trunc 0.7 --model m" in run("--recipe", plain).stderr
    other = PngInfo()
    other.add_text("ohlora", json.dumps({"seed": 3, "weights": "0" * 12, "truncation": 0.7, "sliders": {}}))
    Image.new("RGB", (4, 4)).save(plain, pnginfo=other)
    assert f"needs the weights {'0' * 12}" in run("--recipe", plain, "--model", model).stderr


@pytest.mark.parametrize("labels", [3, 7])
@pytest.mark.parametrize("converted", [False, True], ids=["file", "folder"])
def test_published_generators_with_labels_have_sliders(tmp_path: Path, labels: int, converted: bool) -> None:
    # The published layout: a bare state dict, z of 512 numbers, a mapping network of eight layers.
    base = tiny_base(label_size=labels, label_dim=16, z_dim=512, mapping_layers=8)
    published = tmp_path / "published.pth"
    torch.save(base.state_dict(), published)
    if converted:
        published = save_pretrained(base, tmp_path / "model").parent
    command = ("--seeds", "0-1", "--model", published)
    assert run(*command, "--mouth", 0.8, "--out", tmp_path / "faces").exit_code == 0
    assert run(*command, "--out", tmp_path / "unset").exit_code == 0
    assert run(*command, "--mouth", 0, "--pose", 0, "--out", tmp_path / "middle").exit_code == 0
    opened, unset, middle = (
        (tmp_path / name / "seed00000001.png", Image.open(tmp_path / name / "seed00000001.png").tobytes())
        for name in ("faces", "unset", "middle")
    )
    # Nothing tells where a face stands: an unset slider is at the mean of the standardised labels.
    assert unset[1] == middle[1] != opened[1]
    assert run("--recipe", opened[0], "--out", tmp_path / "again.png").exit_code == 0
    assert (tmp_path / "again.png").read_bytes() == opened[0].read_bytes()
    drawn = CliRunner().invoke(main, ["synthesize", *map(str, command), "--out", str(tmp_path / "synthesized")])
    assert drawn.exit_code == 0, drawn.output
    assert Image.open(tmp_path / "synthesized" / "seed00000001.png").tobytes() == unset[1]
    assert run(*command, "--sweep", "mouth=0:1:3", "--out", tmp_path / "sweep.png").exit_code == 0
    result = run(*command, "--gender", 1, "--out", tmp_path / "other")
    assert result.exit_code == 2 and "no slider is called 'gender'; the sliders are: eyes -2 to 2" in result.stderr
