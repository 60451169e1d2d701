"""Proportions: how far a drawing departs from the geometry that its parameters describe.

All are factors, 1 in every style but `cartoon`, so that the other styles draw the very same shapes.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Proportions:
    """Factors on the sizes of a face.

    Attributes:
        eyes: size of the eyes; brows make room for larger ones.
        nose: length and width of the nose.
        mouth: width of the mouth and thickness of the lips.
        chin: distance of the chin from the eyes.
        jaw: width of jaw and chin.
        neck: width of the neck.
    """

    eyes: float = 1.0
    nose: float = 1.0
    mouth: float = 1.0
    chin: float = 1.0
    jaw: float = 1.0
    neck: float = 1.0


NATURAL = Proportions()
