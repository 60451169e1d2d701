"""The learning rate over a run, and what a step's random numbers come from."""

from __future__ import annotations

import math

import numpy as np

FINAL = 0.02


def rate_at(step: int, steps: int, warm: int = 50) -> float:
    """Factor of the learning rate at a step: a short rise, then a cosine down to a fiftieth."""
    fall = 0.5 * (1.0 + math.cos(math.pi * min(step / max(steps, 1), 1.0)))
    return min(1.0, (step + 1) / warm) * (FINAL + (1.0 - FINAL) * fall)


def step_random(seed: int, purpose: int, step: int) -> np.random.Generator:
    """Random numbers of one step: a function of the step alone, so that a resumed run draws what it would have drawn."""
    return np.random.default_rng([seed, purpose, step])
