"""Tests of ohlora.portraits.parameters."""

import pytest

from ohlora.errors import OhloraError

pytest.importorskip("skia", reason="skia-python is not installed (pip install 'ohlora[render]')", exc_type=ImportError)

from ohlora.portraits.parameters import PARAMETER_NAMES, PARAMETERS, PortraitParameters


def test_missing_values_have_their_defaults() -> None:
    values = PortraitParameters(pose=0.5)
    assert values["pose"] == 0.5 and values.smile == 0.0
    assert list(values) == list(PARAMETER_NAMES)


def test_every_default_lies_in_its_range() -> None:
    assert all(p.low <= p.default <= p.high for p in PARAMETERS)


def test_replace_changes_only_what_is_named() -> None:
    before = PortraitParameters(age=0.3)
    after = before.replace(pose=-1.0)
    assert {name for name in before if before[name] != after[name]} == {"pose"}


def test_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(OhloraError, match="unknown portrait parameter 'yaw'; known are: gender"):
        PortraitParameters(yaw=0.1)


@pytest.mark.parametrize("value", [1.5, -0.1, float("nan")])
def test_value_out_of_range(value: float) -> None:
    with pytest.raises(OhloraError, match=r"'age' must lie in \[0, 1\]"):
        PortraitParameters(age=value)
