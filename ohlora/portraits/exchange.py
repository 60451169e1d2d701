"""Exchanging hair: from two people to the one with the other's hair, or to a bald head, exactly.

Hair is one group of parameters. Whoever gets other hair keeps the colour of brows, stubble and beard, and the hair keeps
its own colour, whatever the age of its new owner; light is the owner's. Everything else stays the same, so the result is
the ground truth of a hair transfer.
"""

from __future__ import annotations

from ohlora.errors import OhloraError
from ohlora.portraits.colours import age_grey, grey_share, own_hair_colour
from ohlora.portraits.parameters import PortraitParameters

COLOUR_NAMES: tuple[str, ...] = ("hair_lightness", "hair_redness", "dye", "dye_hue")
SHAPE_NAMES: tuple[str, ...] = (
    *("hair_length", "hair_volume", "hair_wave", "fringe", "part", "hairline", "curl", "afro", "bun", "recede", "bald"),
    *("hair_slick", "hair_layers", "hair_blunt", "fringe_side", "fringe_wispy", "taper", "top_length", "top_sweep"),
    *("top_spike", "buzz", "ponytail", "braids", "frizz"),
)


def with_own_brows(person: PortraitParameters) -> PortraitParameters:
    """The same person, whose brows, stubble and beard no longer depend on the hair."""
    red, green, blue = (own_hair_colour(person) / 255.0).tolist()
    return person.replace(brow_own=1.0, brow_red=red, brow_green=green, brow_blue=blue)


def with_hair_colour(person: PortraitParameters, other: PortraitParameters) -> PortraitParameters:
    """The person with the colour of the other's hair, in the shape of their own."""
    grey = min(max(grey_share(other) - age_grey(person), -1.0), 1.0)
    return with_own_brows(person).replace(greyness=grey, **{name: other[name] for name in COLOUR_NAMES})


def with_hair_shape(person: PortraitParameters, other: PortraitParameters) -> PortraitParameters:
    """The person with the cut of the other's hair, in the colour of their own.

    Raises:
        OhloraError: the two are drawn in different editions, which do not have the same cuts.
    """
    if (person.edition > 0.5) != (other.edition > 0.5):
        raise OhloraError(
            f"expected two portraits of one edition, got {person.edition:g} and {other.edition:g}; "
            "draw both with the same `edition`"
        )
    return with_own_brows(person).replace(**{name: other[name] for name in SHAPE_NAMES})


def with_hair(person: PortraitParameters, other: PortraitParameters) -> PortraitParameters:
    """The person with the other's hair: its cut and its colour, under the person's own light.

    Raises:
        OhloraError: the two are drawn in different editions, which do not have the same cuts.
    """
    return with_hair_colour(with_hair_shape(person, other), other)


def bald(person: PortraitParameters) -> PortraitParameters:
    """The person without any hair on the head; brows, stubble and beard stay."""
    return with_own_brows(person).replace(bald=1.0)
