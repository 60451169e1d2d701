"""What is asked of faces, as levels, and how much of it is missing.

A slider's range ends where labels end, but faces stand beyond the ends too: a parser is surer of some than the slider tells. Two
rules keep a face's way along its sliders continuous. Asked for its own value, or for the end that it stands beyond, a face stays
as it is; and the last part of the range before that end leads there evenly. What is not asked for stays, up to where its slider
could tell the difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor

_STRETCHED = 0.25
"""Part of the level's range before an end, in which the slider leads on to where the face stands beyond it."""


@dataclass(frozen=True)
class Request:
    """Levels of some faces: their own, and those they should have.

    Attributes:
        own: Of the unedited faces `(B, K)`.
        goal: Where they should be `(B, K)`; where nothing is asked for, `own`.
        is_set: Which sliders are set `(B, K)`.
        end: Level of each slider's upper end `(K,)`, and negated of its lower one.
    """

    own: Tensor
    goal: Tensor
    is_set: Tensor
    end: Tensor

    @classmethod
    def of(cls, own: Tensor, asked: Tensor, end: Tensor) -> Self:
        """Levels asked for `(B, K)`, NaN where a slider is not set, of faces with their own levels `(B, K)`."""
        is_set = ~asked.isnan()
        asked = torch.where(is_set, asked, 0.0)
        near_top, near_bottom = ((sign * asked - (end - _STRETCHED)) / _STRETCHED for sign in (1.0, -1.0))
        beyond_top, beyond_bottom = (own - end).clamp_min(0.0), (-end - own).clamp_min(0.0)
        goal = asked + near_top.clamp(0.0, 1.0) * beyond_top - near_bottom.clamp(0.0, 1.0) * beyond_bottom
        return cls(own, torch.where(is_set, goal, own), is_set, end)

    @property
    def move(self) -> Tensor:
        """How far the levels have to move `(B, K)`; exactly 0 where nothing is asked for."""
        return self.goal - self.own

    def missing(self, reached: Tensor) -> Tensor:
        """How far levels `(B, K)` are from where they should be; beyond the ends nobody sees an unset slider move."""
        kept = self.own.clamp(-self.end, self.end) - reached.clamp(-self.end, self.end)
        return torch.where(self.is_set, self.goal - reached, kept)
