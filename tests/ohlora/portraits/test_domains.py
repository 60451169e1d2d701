"""Tests of ohlora.portraits.domains: what is drawn from a domain belongs to it, and looks as its name says."""

import numpy as np
import pytest

from ohlora.errors import OhloraError

pytest.importorskip("skia", reason="skia-python is not installed (pip install 'ohlora[render]')", exc_type=ImportError)

from ohlora.portraits import DOMAINS, PortraitParameters, domain_named, render, sample_parameters
from segmentation.classes import FaceClass


def test_there_are_seven_on_three_axes() -> None:
    assert list(DOMAINS) == ["bang", "no_bang", "long_straight", "long_perm", "bob", "short", "blond"]
    assert [domain.axis for domain in DOMAINS.values()] == ["fringe"] * 2 + ["cut"] * 4 + ["colour"]


@pytest.mark.parametrize("name", DOMAINS)
@pytest.mark.parametrize("sampling", ["core", "full", "everyone"])
def test_what_a_domain_draws_belongs_to_it_and_to_no_other_of_its_axis(name: str, sampling: str) -> None:
    domain, random = DOMAINS[name], np.random.default_rng(3)
    for seed in range(30):
        person = domain.draw(sample_parameters(seed, sampling), random)
        held = [other.name for other in DOMAINS.values() if other.axis == domain.axis and other.holds(person)]
        assert held == [name]


def test_nobody_belongs_to_two_domains_of_an_axis() -> None:
    for seed in range(200):
        person = sample_parameters(seed, "everyone")
        for axis in ("fringe", "cut", "colour"):
            assert sum(domain.holds(person) for domain in DOMAINS.values() if domain.axis == axis) <= 1


def test_pictures_hold_what_the_names_say() -> None:
    person, random = PortraitParameters(edition=1.0, hair_lightness=0.2), np.random.default_rng(8)
    drawn = {name: render(domain.draw(person, random), 64, label_size=128) for name, domain in DOMAINS.items()}
    hair = {name: p.label_map == FaceClass.HAIR for name, p in drawn.items() if p.label_map is not None}
    lowest = {name: np.nonzero(mask)[0].max() for name, mask in hair.items()}
    assert lowest["short"] < lowest["bob"] < lowest["long_straight"]
    # Half-way between hairline (y about 25) and brows (y about 44) of 128, in the middle of the picture.
    assert hair["bang"][34, 54:74].mean() > 0.8 and not hair["no_bang"][34, 54:74].any()
    assert drawn["blond"].truth["hair_color"] > 170 > drawn["no_bang"].truth["hair_color"]


def test_unknown_domain() -> None:
    with pytest.raises(OhloraError, match="expected a hair domain out of bang, .*, got 'mullet'"):
        domain_named("mullet")
