"""The learning rate over a run, and what a step's random numbers come from: both are functions of the step alone.

So a run that was stopped and goes on from its checkpoint takes the steps that it would have taken.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

FINAL = 0.02


def rate_at(step: int, steps: int, warm: int = 50, final: float = FINAL, hold: float = 0.0) -> float:
    """Factor of the learning rate at a step: a linear rise, a plateau, then a cosine.

    Args:
        step: Steps that were taken before.
        steps: Steps of the whole run.
        warm: Steps of the rise; 1 for none.
        final: The factor at the end.
        hold: Share of the run before the cosine begins.
    """
    share = (step - hold * steps) / max((1.0 - hold) * steps, 1.0)
    fall = 0.5 * (1.0 + math.cos(math.pi * min(max(share, 0.0), 1.0)))
    return min(1.0, (step + 1) / warm) * (final + (1.0 - final) * fall)


def scheduled(
    optimizer: torch.optim.Optimizer, steps: int, warm: int = 50, final: float = FINAL, hold: float = 0.0
) -> dict[str, Any]:
    """An optimiser with the schedule of `rate_at`, as `configure_optimizers` returns it."""
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate_at(step, steps, warm, final, hold))
    return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


def step_random(seed: int, stream: int, step: int) -> np.random.Generator:
    """Random numbers of one step of one random stream, which is numbered so that no two trainings draw the same."""
    return np.random.default_rng([seed, stream, step])
