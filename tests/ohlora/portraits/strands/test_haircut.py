"""Tests of the second edition's hair: kinds, truth, and that label maps agree with pictures."""

import numpy as np
import pytest

pytest.importorskip("skia", reason="skia-python is not installed (pip install 'ohlora[render]')", exc_type=ImportError)

from ohlora.portraits import PortraitParameters, render
from segmentation.classes import FaceClass

PLAIN = PortraitParameters(edition=1.0, gender=0.0, hair_lightness=0.0, background_lightness=1.0, skin_tone=0.0)
KINDS = {
    "long": {"hair_length": 0.9},
    "curls": {"hair_length": 0.7, "curl": 0.8},
    "slick": {"hair_length": 0.3, "hair_slick": 1.0},
    "tapered": {"taper": 1.0, "top_length": 0.5, "top_sweep": 0.6},
    "curly top": {"taper": 1.0, "curl": 0.8},
    "buzz": {"buzz": 0.6},
    "rim": {"bald": 0.7},
    "afro": {"afro": 0.7},
    "bun": {"bun": 0.7},
    "ponytail": {"ponytail": 0.7, "hair_length": 0.7},
    "braids": {"braids": 0.7, "hair_length": 0.8},
}


def hair(size: int, **values: float) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    label_map = render(PLAIN.replace(**values), size, label_size=size).label_map
    assert label_map is not None
    mask: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = label_map == FaceClass.HAIR
    return mask


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_drawn_where_its_label_map_says(kind: str) -> None:
    values = KINDS[kind]
    mask = hair(96, **values)
    changed = np.abs(
        render(PLAIN.replace(**values), 96).image.astype(int) - render(PLAIN.replace(bald=1.0), 96).image
    ).max(axis=2)
    assert mask.sum() > 150
    # Black hair before white skin and background: nearly all of its pixels differ, whatever lies below.
    assert (changed[mask] > 30).mean() > 0.9


def test_kinds_differ() -> None:
    masks = {kind: hair(64, **values) for kind, values in KINDS.items()}
    for kind, mask in masks.items():
        for other, rest in masks.items():
            assert kind == other or (mask != rest).sum() > 15, (kind, other)


def test_longer_hair_ends_lower_and_bald_heads_have_none() -> None:
    lowest = [np.nonzero(hair(64, hair_length=length))[0].max() for length in (0.1, 0.4, 0.6)]
    assert lowest[0] < lowest[1] < lowest[2]
    assert not hair(64, bald=1.0).any()


def test_true_length_is_that_of_the_lowest_hair() -> None:
    assert render(PLAIN.replace(hair_length=0.6), 16).truth["hair_length"] == 0.6
    # A close cut ends at the sideburns or the nape, at most at the jaw's height.
    assert 0.0 <= render(PLAIN.replace(hair_length=0.6, buzz=0.5), 16).truth["hair_length"] < 0.45
    assert np.isnan(render(PLAIN.replace(bald=1.0), 16).truth["hair_length"])
