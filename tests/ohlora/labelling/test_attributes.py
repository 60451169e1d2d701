import pytest

from ohlora.errors import OhloraError
from ohlora.labelling.attributes import ATTRIBUTE_NAMES, ATTRIBUTES, AttributeSpec, build_registry


def test_names_order_and_ranges():
    assert ATTRIBUTE_NAMES[:6] == ("gender", "eyes", "hair_color", "hair_length", "mouth", "pose")
    assert ATTRIBUTE_NAMES[6:] == ("background_mean", "background_std")
    for name, spec in ATTRIBUTES.items():
        assert spec.name == name
        assert (spec.low, spec.high) == ((-1.0, 1.0) if name == "pose" else (0.0, 1.0))
        assert spec.optional == name.startswith("background")
    assert ATTRIBUTES["pose"].middle == 0.0 and ATTRIBUTES["eyes"].middle == 0.5


def test_the_registry_is_read_only():
    with pytest.raises(TypeError):
        ATTRIBUTES["age"] = AttributeSpec("age", 0, 1, "age", "young to old")  # type: ignore[index]


def test_bad_entries_are_named():
    with pytest.raises(OhloraError, match="low < high, got 1 and 0"):
        AttributeSpec("age", 1.0, 0.0, "age", "young to old")
    with pytest.raises(OhloraError, match="'hair length'"):
        AttributeSpec("hair length", 0.0, 1.0, "length", "short to long")
    spec = AttributeSpec("age", 0.0, 1.0, "age", "young to old")
    with pytest.raises(OhloraError, match="declared twice"):
        build_registry([spec, spec])
