"""Tests of ohlora.portraits.exchange."""

import numpy as np
import pytest

from ohlora.errors import OhloraError

pytest.importorskip("skia", reason="skia-python is not installed (pip install 'ohlora[render]')", exc_type=ImportError)

from ohlora.portraits import PortraitParameters, bald, render, sample_parameters, with_hair, with_hair_colour
from ohlora.portraits.colours import Colours
from segmentation.classes import FaceClass

YOUNG = PortraitParameters(edition=1.0, gender=0.0, age=0.1, hair_lightness=0.1, beard=0.8, taper=1.0, light_warmth=0.6)
OLD = PortraitParameters(edition=1.0, age=1.0, hair_length=0.8, hair_lightness=0.6, dye=0.4, dye_hue=0.6)


@pytest.mark.parametrize("pair", [(YOUNG, OLD), (OLD, YOUNG)])
def test_hair_comes_in_its_own_colour_and_leaves_the_brows(
    pair: tuple[PortraitParameters, PortraitParameters],
) -> None:
    person, other = pair
    result = with_hair(person, other)
    mine, theirs, got = (Colours(p) for p in (person, other, result))
    np.testing.assert_allclose(got.hair, theirs.hair, atol=1e-9)
    np.testing.assert_allclose(got.own_hair, mine.own_hair, atol=1e-9)
    np.testing.assert_allclose(got.light, mine.light)
    assert result.hair_length == other.hair_length and result.taper == other.taper and result.age == person.age


@pytest.mark.parametrize("sampling", ["core", "everyone"])
def test_only_hair_and_its_shadow_change(sampling: str) -> None:
    person, other = (sample_parameters(seed, sampling) for seed in (11, 12))
    result = with_hair(person, other)
    before, after, theirs = (render(p, 64, label_size=64) for p in (person, result, other))
    assert before.label_map is not None and after.label_map is not None
    without = (before.label_map != FaceClass.HAIR) & (after.label_map != FaceClass.HAIR)
    assert (before.label_map[without] == after.label_map[without]).all()
    assert after.truth["hair_color"] == pytest.approx(theirs.truth["hair_color"])
    assert after.truth["hair_length"] == pytest.approx(theirs.truth["hair_length"], abs=0.02)


def test_own_hair_changes_nothing() -> None:
    person = sample_parameters(5, "full")
    assert (render(with_hair(person, person), 64).image == render(person, 64).image).all()


def test_bald_keeps_brows_and_beard() -> None:
    result = bald(YOUNG)
    np.testing.assert_allclose(Colours(result).own_hair, Colours(YOUNG).own_hair, atol=1e-9)
    label_map = render(result, 64, label_size=64).label_map
    assert label_map is not None and not (label_map == FaceClass.HAIR).any()
    assert (label_map == FaceClass.LEFT_EYEBROW).any()


def test_dyeing_keeps_the_cut() -> None:
    dyed = with_hair_colour(YOUNG, OLD)
    assert dyed.taper == YOUNG.taper and dyed.hair_length == YOUNG.hair_length and dyed.dye == OLD.dye


def test_editions_do_not_mix() -> None:
    with pytest.raises(OhloraError, match="expected two portraits of one edition, got 1 and 0"):
        with_hair(YOUNG, PortraitParameters())
