from typing import Any

import pytest

from ohlora.errors import SettingsError
from ohlora.generation.sweep import Sweep, stored_sweep

STORED: dict[str, Any] = {
    "name": "mouth",
    "low": 0.0,
    "high": 1.0,
    "steps": 3,
    "seeds": [1, 2],
    "sliders": [["pose", 0.5]],
    "truncation": 0.7,
    "tile": 64,
}


def test_a_stored_sweep_is_the_sweep() -> None:
    assert stored_sweep({"sweep": STORED}) == Sweep("mouth", 0.0, 1.0, 3, (1, 2), (("pose", 0.5),), 0.7, 64)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": None}, "expected a slider's name as name, got null"),
        ({"low": "x"}, 'expected a number as low, got "x"'),
        ({"steps": 2.5}, "expected a whole number as steps, got 2.5"),
        ({"steps": 10**9}, "at most 2000 faces"),
        ({"steps": 1}, "at least 2 steps"),
        ({"seeds": 3}, "expected seeds as seeds, got 3"),
        ({"seeds": ["a"]}, 'expected whole numbers as seeds, got "a"'),
        ({"seeds": [-1]}, "a seed from 0"),
        ({"seeds": []}, "at least one seed"),
        ({"sliders": {"pose": 1}}, "expected pairs of a slider and its value as sliders"),
        ({"sliders": [["pose"]]}, "expected a number as .*pose.*, got null"),
        ({"sliders": [["mouth", 1]]}, "mouth is swept and cannot be set as well"),
        ({"truncation": 9}, "a truncation from -2 to 2"),
        ({"tile": 10**6}, "faces of 8 to 2048 pixels"),
    ],
)
def test_damaged_sweeps_are_told_in_words_for_people(change: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        stored_sweep({"sweep": {**STORED, **change}})
    for key in change:
        with pytest.raises(SettingsError, match=f"the recipe is damaged: expected .* as {key}, found nothing"):
            stored_sweep({"sweep": {name: value for name, value in STORED.items() if name != key}})
    with pytest.raises(SettingsError, match="expected a sweep as sweep, got 3"):
        stored_sweep({"sweep": 3})
