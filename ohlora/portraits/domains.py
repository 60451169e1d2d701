"""The hair salon's seven domains as regions of the parameters: fringe, no fringe, four cuts and blond.

They lie on three independent axes (fringe, cut, colour), so that a person belongs to at most one domain of each. A domain
says what belongs to it, and draws from its middle, where nobody doubts that it does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ohlora.errors import OhloraError
from ohlora.portraits.colours import grey_share
from ohlora.portraits.parameters import PARAMETERS, PortraitParameters

Interval = tuple[float, float]

# No domain counts hair that is not combed down or that is not there.
_FALLING: dict[str, Interval] = {name: (0.0, 0.0) for name in ("afro", "bun", "ponytail", "braids", "buzz", "taper")}
_FALLING |= {"bald": (0.0, 0.5)}
_STRAIGHT: dict[str, Interval] = {"hair_wave": (0.0, 0.25), "curl": (0.0, 0.0)}


@dataclass(frozen=True)
class HairDomain:
    """One domain.

    Attributes:
        name: as in `DOMAINS`.
        axis: fringe, cut or colour.
        region: closed intervals of the parameters that decide who belongs to it.
        drawn: intervals inside the region from which members are drawn, uniformly.
    """

    name: str
    axis: str
    region: Mapping[str, Interval]
    drawn: Mapping[str, Interval] = field(default_factory=dict)

    def holds(self, person: PortraitParameters) -> bool:
        """Whether a person's hair belongs to the domain."""
        if self.name == "short" and person.edition > 0.5 and _clipped(person):
            return True
        if self.axis == "colour" and grey_share(person) > 0.2:
            return False
        return all(low <= person[name] <= high for name, (low, high) in self.region.items())

    def draw(self, person: PortraitParameters, random: np.random.Generator) -> PortraitParameters:
        """The person with hair drawn from the domain; the other axes stay the person's own."""
        kinds = {} if self.axis == "colour" else {name: interval[0] for name, interval in _FALLING.items()}
        values = {name: float(random.uniform(low, high)) for name, (low, high) in self.drawn.items()}
        if self.axis == "fringe":
            # A fringe belongs to every cut; only where hair cannot fall over the forehead is a cut given up for it.
            kinds = kinds if self.name == "bang" else {}
            values |= {"hair_slick": 0.0} if self.name == "bang" else {}
        if self.axis == "colour":
            values["greyness"] = -1.0
        return person.replace(**{**kinds, **values})


def _clipped(person: PortraitParameters) -> bool:
    """Whether hair is clipped, or close at the sides: short, whatever `hair_length` says."""
    kept = person.afro == person.bun == person.ponytail == person.braids == 0.0 and person.bald <= 0.5
    return kept and (person.buzz > 0.0 or person.taper >= 0.5)


def _cut(name: str, region: Mapping[str, Interval], drawn: Mapping[str, Interval]) -> HairDomain:
    return HairDomain(name, "cut", {**_FALLING, **region}, {"hair_slick": (0.0, 0.0), **drawn})


_BOB: dict[str, Interval] = {"hair_length": (0.40, 0.58), "hair_wave": (0.0, 0.35), "curl": (0.0, 0.0)}
DOMAINS: dict[str, HairDomain] = {
    domain.name: domain
    for domain in (
        HairDomain(
            "bang", "fringe", {**_FALLING, "fringe": (0.45, 1.0), "hair_slick": (0.0, 0.49)}, {"fringe": (0.6, 1.0)}
        ),
        HairDomain("no_bang", "fringe", {"fringe": (0.0, 0.05)}, {"fringe": (0.0, 0.02)}),
        _cut(
            "long_straight",
            {"hair_length": (0.72, 1.0), **_STRAIGHT},
            {"hair_length": (0.78, 1.0), "hair_wave": (0.0, 0.12), "curl": (0.0, 0.0)},
        ),
        _cut(
            "long_perm",
            {"hair_length": (0.68, 1.0), "hair_wave": (0.55, 1.0)},
            {"hair_length": (0.72, 1.0), "hair_wave": (0.6, 1.0), "curl": (0.3, 1.0), "hair_volume": (0.4, 1.0)},
        ),
        _cut(
            "bob",
            _BOB,
            {"hair_length": (0.42, 0.56), "hair_wave": (0.0, 0.2), "curl": (0.0, 0.0), "hair_blunt": (0.6, 1.0)},
        ),
        _cut("short", {"hair_length": (0.0, 0.18)}, {"hair_length": (0.0, 0.16), "hair_layers": (0.2, 0.8)}),
        HairDomain(
            "blond",
            "colour",
            {"hair_lightness": (0.75, 1.0), "hair_redness": (0.0, 0.5), "dye": (0.0, 0.2)},
            {"hair_lightness": (0.8, 1.0), "hair_redness": (0.0, 0.4), "dye": (0.0, 0.0)},
        ),
    )
}
"""The seven domains by name."""


def domain_named(name: str) -> HairDomain:
    """The domain of that name.

    Raises:
        OhloraError: there is none.
    """
    if name not in DOMAINS:
        raise OhloraError(f"expected a hair domain out of {', '.join(DOMAINS)}, got {name!r}")
    return DOMAINS[name]


assert {name for domain in DOMAINS.values() for name in domain.region} <= {p.name for p in PARAMETERS}
