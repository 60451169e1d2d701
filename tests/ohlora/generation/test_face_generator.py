import json
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from PIL import Image

from ohlora.cli.main import main
from ohlora.errors import MissingModelError, ModelError, SettingsError
from ohlora.generation.face_generator import FaceGenerator
from ohlora.generation.loaded_model import load_with_sliders
from ohlora.generation.recipe import read_recipe
from ohlora.generation.seeds import latents
from ohlora.sliders.conditional import ConditionalConfig, ConditionalGenerator
from ohlora.sliders.slider_model import weights_fingerprint
from stylegan import Generator, GeneratorConfig, save_pretrained


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model whose sliders do something: its editors are not the zeros that they start as."""
    torch.manual_seed(0)
    sizes = {"z_dim": 8, "w_dim": 8, "mapping_dim": 8, "fmaps_base": 64, "fmaps_max": 8}
    base = Generator(GeneratorConfig(resolution=16, **sizes))
    model = ConditionalGenerator(base, ["mouth", "pose"], ConditionalConfig(regressor_hidden=8))
    for parameter in model.trainable_parameters().values():
        torch.nn.init.normal_(parameter, std=0.5)
    place = tmp_path_factory.mktemp("model")
    model.save_pretrained(place)
    return place


@pytest.fixture(scope="module")
def generator(folder: Path) -> FaceGenerator:
    return FaceGenerator.from_pretrained(folder, device="cpu")


def pixels(picture: object) -> np.ndarray:
    assert isinstance(picture, Image.Image)
    return np.asarray(picture)


def test_single_numbers_give_a_picture_and_rows_give_lists(generator: FaceGenerator) -> None:
    one = generator.generate(seed=7, mouth=0.9, pose=-0.4)
    assert isinstance(one, Image.Image) and one.size == (16, 16) and one.mode == "RGB"
    many = generator.generate(seed=[7, 8], mouth=0.9, pose=np.array([-0.4, 0.4]))
    assert isinstance(many, list) and len(many) == 2
    np.testing.assert_array_equal(pixels(many[0]), pixels(one))
    assert len(generator.generate(seed=3, mouth=[0.1])) == 1  # type: ignore[arg-type]


def test_a_picture_does_not_depend_on_its_company(generator: FaceGenerator, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = generator.generate(seed=5, mouth=0.3)
    company = generator.generate(seed=range(9), mouth=0.3)
    assert isinstance(company, list)
    np.testing.assert_array_equal(pixels(company[5]), pixels(alone))


def test_the_picture_is_the_models(generator: FaceGenerator) -> None:
    model = generator.loaded.network
    z = torch.from_numpy(latents([4], 8))
    image = model.edit(z, {"mouth": 1.0}, truncation_psi=0.5)[0].permute(1, 2, 0)
    expected = ((image.clamp(-1, 1) + 1) * 127.5).round().byte().numpy()
    np.testing.assert_array_equal(pixels(generator.generate(seed=4, mouth=1.0, truncation=0.5)), expected)


def test_a_value_may_lie_beyond_an_end_by_what_rounding_makes(generator: FaceGenerator) -> None:
    at_the_end = pixels(generator.generate(seed=4, mouth=1.0))
    np.testing.assert_array_equal(pixels(generator.generate(seed=4, mouth=1 + 5e-7)), at_the_end)
    assert generator.check({"mouth": 1 + 5e-7})["mouth"] == 1.0
    with pytest.raises(SettingsError, match=r"mouth from 0 to 1, got 1\.0000021"):
        generator.generate(seed=4, mouth=1.0000021)


def test_sliders_move_and_unset_ones_stay(generator: FaceGenerator) -> None:
    own = generator.read(seed=7)
    assert isinstance(own, dict) and list(own) == ["mouth", "pose"]
    low, high = (pixels(generator.generate(seed=7, mouth=value)) for value in (0.0, 1.0))
    assert (low != high).any()
    rows = generator.read(seed=[7, 8])
    assert isinstance(rows, list) and rows[0] == own


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mouth": 1.5}, r"mouth from 0 to 1, got 1.5; the sliders are: mouth 0 to 1, pose -1 to 1"),
        ({"mouth": float("nan")}, r"expected numbers for mouth, got NaN"),
        ({"nose": 0.5}, r"no slider is called 'nose'; the sliders are: mouth 0 to 1, pose -1 to 1"),
        ({"trunc": 1}, r"no slider is called 'trunc'; .* \(did you mean truncation\?\)"),
        ({"seeds": 1}, r"no slider is called 'seeds'; .* \(did you mean seed\?\)"),
        ({"moth": 1}, r"no slider is called 'moth'; .* \(did you mean mouth\?\)"),
        ({"seed": 2**70}, r"a seed from 0 to 4294967295, got 1180591620717411303424"),
        ({"seed": True}, r"whole numbers as seeds, got True"),
        ({"mouth": "wide"}, r"expected numbers for mouth"),
        ({"seed": [1, 2], "mouth": [0.1, 0.2, 0.3]}, r"as many of each, got: seed 2, mouth 3"),
        ({"seed": [[1, 2]]}, r"rows of them, got the shape \(1, 2\)"),
        ({"seed": []}, r"whole numbers|got the shape"),
        ({"seed": 1.5}, r"whole numbers as seeds"),
        ({"seed": -1}, r"a seed from 0"),
        ({"truncation": 7.0}, r"truncation from -2 to 2"),
        ({"truncation": "x"}, r"truncation from -2 to 2, usually 0.5 to 1, got 'x'"),
        ({"truncation": [0.5, 0.7]}, r"truncation from -2 to 2, usually 0.5 to 1, got \[0.5, 0.7\]"),
        ({"truncation": float("nan")}, r"truncation from -2 to 2, usually 0.5 to 1, got nan"),
    ],
)
def test_what_cannot_be_drawn_is_said(generator: FaceGenerator, arguments: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        generator.generate(**{"seed": 1, **arguments})  # type: ignore[arg-type]


def test_faces_saved_from_python_carry_the_recipe_of_the_command_line(
    generator: FaceGenerator, folder: Path, tmp_path: Path
) -> None:
    picture = generator.generate(seed=7, mouth=0.9)
    assert isinstance(picture, Image.Image)
    picture.save(tmp_path / "face.png")
    arguments = ["generate", "--seeds", "7", "--mouth", "0.9", "--model", str(folder)]
    for extra in (["--out", str(tmp_path / "again.png")], ["--out", str(tmp_path)]):
        assert CliRunner().invoke(main, [*arguments, *extra]).exit_code == 0
    for name in ("again.png", "seed00000007.png"):
        assert (tmp_path / name).read_bytes() == (tmp_path / "face.png").read_bytes()


def test_every_picture_of_a_list_and_of_a_ramp_carries_its_own_recipe(generator: FaceGenerator, tmp_path: Path) -> None:
    several = generator.generate(seed=np.array([3, 4]), mouth=np.array([0.25, 0.5], np.float32), truncation=1)
    assert isinstance(several, list)
    for number, picture in enumerate([*several, *generator.ramp("pose", seed=5, steps=2, mouth=1)]):
        picture.save(tmp_path / f"{number}.png")
    found = [read_recipe(tmp_path / f"{number}.png") for number in range(4)]
    assert [recipe["seed"] for recipe in found] == [3, 4, 5, 5]
    assert [recipe["sliders"] for recipe in found] == [
        *({"mouth": 0.25}, {"mouth": 0.5}, {"mouth": 1.0, "pose": -1.0}, {"mouth": 1.0, "pose": 1.0})
    ]
    assert [recipe["truncation"] for recipe in found] == [1.0, 1.0, 0.7, 0.7]


def test_a_generator_says_what_it_is(generator: FaceGenerator, folder: Path) -> None:
    weights = weights_fingerprint(folder)
    assert repr(generator) == f"FaceGenerator({str(folder)!r}, weights {weights}, sliders: mouth 0 to 1, pose -1 to 1)"


def test_ramp_and_sheet(generator: FaceGenerator) -> None:
    ramp = generator.ramp("pose", seed=2, steps=3, mouth=0.5)
    np.testing.assert_array_equal(pixels(ramp[1]), pixels(generator.generate(seed=2, pose=0.0, mouth=0.5)))
    sheet = generator.sheet(seed=2, steps=3, tile=16)
    # Three tiles of 16 with gaps of 6 inside margins of 16, right of the sliders' names.
    assert sheet.width > 2 * 16 + 3 * 16 + 2 * 6 + 16
    with pytest.raises(SettingsError, match="at least 2 steps"):
        generator.ramp("pose", steps=1)


def test_saving_and_opening_again_draws_the_same(generator: FaceGenerator, folder: Path, tmp_path: Path) -> None:
    generator.save_pretrained(tmp_path / "copy")
    again = FaceGenerator.from_pretrained(tmp_path / "copy", device="cpu")
    np.testing.assert_array_equal(pixels(again.generate(seed=1)), pixels(generator.generate(seed=1)))
    assert again.fingerprint == generator.fingerprint == weights_fingerprint(folder)
    card = (tmp_path / "copy" / "README.md").read_text()
    assert "| mouth | 0 to 1 |" in card and "not measured" in card and "mouth=1" in card


def test_the_card_has_the_measured_table(folder: Path, tmp_path: Path) -> None:
    figure = {"mean": 0.98765, "deviation": 0.01, "low": 0.97, "high": 0.99, "count": 3}
    result = dict.fromkeys(("r", "error", "slope", "drift"), figure)
    result |= {"identity": "not measured: no identity network", "missing": 0.125}
    report = {"ramps": 3, "models": [{"attributes": {"mouth": result}}]}
    model = ConditionalGenerator.from_pretrained(folder)
    model.save_pretrained(tmp_path / "run")
    (tmp_path / "run" / "evaluation").mkdir()
    (tmp_path / "run" / "evaluation" / "report.json").write_text(json.dumps(report))
    FaceGenerator.from_pretrained(tmp_path / "run").save_pretrained(tmp_path / "shared")
    card = (tmp_path / "shared" / "README.md").read_text()
    assert "| mouth | 0.988 ± 0.010 | 0.988 | 0.988 | 0.988 | not measured | 12.5% |" in card
    assert (tmp_path / "shared" / "report.json").is_file()


def test_folders_without_sliders_and_unknown_names(tmp_path: Path) -> None:
    save_pretrained(Generator(GeneratorConfig(resolution=8, z_dim=4, w_dim=4, fmaps_base=32, fmaps_max=4)), tmp_path)
    with pytest.raises(ModelError, match="no generator with sliders"):
        FaceGenerator.from_pretrained(tmp_path)
    with pytest.raises(MissingModelError, match="the name of a generator or its path, got None"):
        FaceGenerator.from_pretrained(None)  # type: ignore[arg-type]
    with pytest.raises(MissingModelError, match="nor a repository of Hugging Face"):
        FaceGenerator.from_pretrained("no body/has this: name")
    with pytest.raises(MissingModelError, match="nor a repository of Hugging Face"):
        FaceGenerator.from_pretrained("nobody/nothing", local_files_only=True, cache_dir=tmp_path / "cache")


def test_a_runs_folder_leads_to_its_model(folder: Path, tmp_path: Path) -> None:
    ConditionalGenerator.from_pretrained(folder).save_pretrained(tmp_path / "run" / "model")
    assert load_with_sliders(tmp_path / "run").folder == tmp_path / "run" / "model"
