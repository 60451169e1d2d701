"""Tests of ohlora.portraits.styles: determinism, exact label maps, settings and refusals."""

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

pytest.importorskip("skia", reason="skia-python is not installed (pip install 'ohlora[render]')", exc_type=ImportError)

from ohlora.cli.main import main
from ohlora.datasets.face_folder import FaceDataset
from ohlora.errors import OhloraError
from ohlora.portraits import PortraitParameters, render, sample_parameters
from ohlora.portraits.styles import STYLES, style_from_text, style_named
from segmentation.classes import FaceClass

NAMES = ("natural", "cel", "pencil", "watercolour", "pixel", "woodcut", "cartoon")
PERSON = PortraitParameters(gender=0.9, hair_length=0.6, light_x=0.4, mouth_open=0.4)


def test_the_seven_styles() -> None:
    assert tuple(STYLES) == NAMES


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("sampling", ["full", "everyone"])
def test_every_style_draws_the_same_pixels_and_the_natural_label_map(name: str, sampling: str) -> None:
    person = sample_parameters(6, sampling)
    first, second = (render(person, 64, label_size=96, style=name) for _ in range(2))
    assert (first.image == second.image).all() and first.image.shape == (64, 64, 3)
    same = bool((first.label_map == render(person, 16, label_size=96).label_map).all())
    assert same == (name != "cartoon") and first.truth == render(person, 16).truth


def test_cartoon_is_natural_geometry_at_no_exaggeration_and_large_eyes_at_its_most() -> None:
    maps = [
        render(PERSON, 16, label_size=128, style=style_named("cartoon", exaggeration=amount)).label_map
        for amount in (0.0, 1.0)
    ]
    natural = render(PERSON, 16, label_size=128).label_map
    assert maps[0] is not None and maps[1] is not None
    assert (maps[0] == natural).all()
    areas = [{part: int((m == part).sum()) for part in (FaceClass.LEFT_EYE, FaceClass.NOSE)} for m in maps]
    assert areas[1][FaceClass.LEFT_EYE] > 1.5 * areas[0][FaceClass.LEFT_EYE]
    assert areas[1][FaceClass.NOSE] < 0.8 * areas[0][FaceClass.NOSE]


@pytest.mark.parametrize(
    ("name", "setting", "low", "high"),
    [
        ("cel", "line_width", 0.6, 4.0),
        ("cel", "shadow", 0.0, 1.0),
        ("pencil", "softness", 0.0, 1.0),
        ("pencil", "smudge", 0.0, 1.0),
        ("watercolour", "pigment", 0.3, 1.6),
        ("woodcut", "tint", 0.0, 1.0),
        ("pixel", "outline", 0.0, 1.0),
    ],
)
def test_more_ink_is_darker(name: str, setting: str, low: float, high: float) -> None:
    less, more = (render(PERSON, 64, style=style_named(name, **{setting: value})).image.mean() for value in (low, high))
    assert more < less - 1.0


def test_pixel_blocks_are_flat() -> None:
    image = render(PERSON, 64, style=style_named("pixel", block=8.0)).image
    blocks = image.reshape(32, 2, 32, 2, 3)
    assert (blocks == blocks[:, :1, :, :1]).all() and len(np.unique(image.reshape(-1, 3), axis=0)) < 120


def test_settings_are_declared_and_checked() -> None:
    for style in STYLES.values():
        assert all(s.low <= s.default <= s.high and s.meaning for s in style.declared())
    assert style_from_text("pencil", ["hatch_spacing=4"]).settings()["hatch_spacing"] == 4.0


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("pencl", [], "no drawing style is called 'pencl'; did you mean pencil"),
        ("pencil", ["gran=0.5"], "style pencil has no setting 'gran'; did you mean grain"),
        ("pencil", ["grain=2"], r"setting 'grain' of style pencil must be a number in \[0, 1\], got 2.0"),
        ("pencil", ["grain"], "expected a style setting as NAME=VALUE with a number, got 'grain'"),
    ],
)
def test_refusals_say_what_was_meant(name: str, settings: list[str], message: str) -> None:
    with pytest.raises(OhloraError, match=message):
        style_from_text(name, settings)


def test_the_table_says_which_style_drew_a_picture(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    line = ["portraits", "--count", "1", "--size", "32", "--style", "woodcut", "--style-setting", "tint=0.25"]
    result = CliRunner().invoke(main, [*line, "--out", str(folder)])
    assert result.exit_code == 0, result.output
    (row,) = FaceDataset(folder).rows.values()
    assert row["style"] == "woodcut" and "tint=0.25" in row["style_settings"].split()


def test_command_refuses_an_unknown_style(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["portraits", "--style", "watercolor", "--out", str(tmp_path / "p")])
    assert result.exit_code == 2
    assert isinstance(result.exception, SystemExit) and "did you mean watercolour" in result.output
