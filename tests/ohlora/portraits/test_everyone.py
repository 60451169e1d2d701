"""Tests of ohlora.portraits.everyone."""

from collections import Counter

import numpy as np
import pytest

from ohlora.errors import OhloraError

pytest.importorskip("skia", reason="skia-python is not installed (pip install 'ohlora[render]')", exc_type=ImportError)

from ohlora.portraits import everyone_from_uniform, sample_parameters
from ohlora.portraits.everyone import _KINDS, CHOICES, hair_kind

PEOPLE = [sample_parameters(seed, "everyone") for seed in range(1000)]


def test_a_seed_is_a_person() -> None:
    assert dict(sample_parameters(4, "everyone")) == dict(PEOPLE[4])
    assert all(person.edition == 1.0 for person in PEOPLE)


def test_kinds_of_hair_follow_their_shares() -> None:
    shares = (np.arange(2000) + 0.5) / 2000
    women, men = (Counter(hair_kind(share, gender, 0.1) for share in shares) for gender in (1.0, 0.0))
    total = {column: sum(row[column] for row in _KINDS.values()) for column in (0, 2)}
    assert women["parted"] / 2000 == pytest.approx(27 / total[0], abs=0.001)
    assert men["swept"] / 2000 == pytest.approx(22 / total[2], abs=0.001)
    assert women["bald"] == 0 < men["bald"]


def test_men_and_women_wear_their_hair_differently_and_nothing_is_impossible() -> None:
    women = [p for p in PEOPLE if p.gender > 0.5]
    men = [p for p in PEOPLE if p.gender <= 0.5]
    assert np.mean([p.hair_length for p in women]) > np.mean([p.hair_length for p in men]) + 0.2
    assert any(p.hair_length > 0.6 for p in men) and any(p.taper > 0.5 for p in women)
    assert any(p.bald == 1.0 for p in men) and any(p.beard > 0.0 for p in men)


def test_every_rare_thing_is_there() -> None:
    rare = ("afro", "bun", "ponytail", "braids", "buzz", "bald", "recede", "dye", "beard", "glasses", "earrings")
    for name in (*rare, "freckles", "curl", "fringe", "taper", "top_spike", "hair_slick", "goatee"):
        assert sum(person[name] > 0.0 for person in PEOPLE) >= 10, name


def test_wrong_length() -> None:
    with pytest.raises(OhloraError, match=rf"expected {len(CHOICES)} numbers .* got shape \(3,\)"):
        everyone_from_uniform(np.zeros(3))
