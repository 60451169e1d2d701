"""Sampling: from a seed, or from uniform numbers, to the parameters of a portrait, under a named distribution.

`core` is what the embedded generator learns: 46 independent parameters, each a monotone function of one uniform number,
and none of the rare things (glasses, earrings, beards, afros, buns, baldness, tight curls, dyed hair, freckles). `full`
is `core` plus each rare thing at its own rate. Gender is nearly two-valued; hair length, colour, mouth, eyes and pose
do not depend on it or on each other. Stubble and beards are scaled by masculinity, make-up by femininity, when the
portrait is drawn. `everyone` is the second edition's, in `ohlora.portraits.everyone`.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from ohlora.errors import OhloraError
from ohlora.portraits.everyone import CHOICES, everyone_from_uniform
from ohlora.portraits.parameters import PARAMETER_NAMES, PARAMETERS, PortraitParameters

CORE_NAMES: tuple[str, ...] = PARAMETER_NAMES[: PARAMETER_NAMES.index("curl")]
SAMPLINGS: tuple[str, ...] = ("core", "full", "everyone")

# Exponents above 1 push a uniform number towards 0: most people have little grey hair, red hair, make-up or stubble.
_EXPONENTS = {"age": 1.6, "makeup": 1.3, "stubble": 1.2, "hair_wave": 1.3, "fringe": 1.9, "hair_redness": 1.0}
_SIGNED = frozenset(p.name for p in PARAMETERS if p.low < 0.0)
# Shares of their ranges that random portraits use.
_NARROW_SIGNED = {"pitch": 0.8, "roll": 0.8, "gaze": 0.8, "light_warmth": 1.0}


def core_from_uniform(u: npt.NDArray[np.float64]) -> PortraitParameters:
    """The `core` portrait of `u`: (46,) numbers in 0..1, in the order of `CORE_NAMES`.

    Every value is a monotone function of its own entry alone, so a latent vector's normal distribution function can
    drive it.
    """
    if u.shape != (len(CORE_NAMES),):
        raise OhloraError(f"expected {len(CORE_NAMES)} numbers in 0..1 (one per core parameter), got shape {u.shape}")
    values = {}
    for name, x in zip(CORE_NAMES, np.clip(u, 0.0, 1.0).tolist(), strict=True):
        if name == "gender":
            # A steep sigmoid of the uniform number: nine in ten portraits lie within 0.1 of an end.
            values[name] = 1.0 / (1.0 + math.exp(-60.0 * (x - 0.5)))
        elif name == "smile":
            values[name] = 1.6 * x - 0.6
        elif name in _SIGNED:
            values[name] = (2.0 * x - 1.0) * _NARROW_SIGNED.get(name, 1.0)
        else:
            values[name] = x ** _EXPONENTS.get(name, 1.0)
    return PortraitParameters(**values)


def sample_parameters(seed: int, sampling: str = "full") -> PortraitParameters:
    """The portrait of `seed` (0 or greater) under a named sampling: `core`, `full` or `everyone`.

    Raises:
        OhloraError: the sampling is unknown.
    """
    if sampling not in SAMPLINGS:
        raise OhloraError(f"expected a sampling out of {', '.join(SAMPLINGS)}, got {sampling!r}")
    if sampling == "everyone":
        return everyone_from_uniform(np.random.default_rng([seed, 2]).uniform(size=len(CHOICES)))
    # [seed, 0] and [seed, 1]: the rare things of a seed don't change its core portrait.
    core = core_from_uniform(np.random.default_rng([seed, 0]).uniform(size=len(CORE_NAMES)))
    return core if sampling == "core" else core.replace(**_rare(np.random.default_rng([seed, 1]), core))


def _rare(rng: np.random.Generator, core: PortraitParameters) -> dict[str, float]:
    """Rare things, each switched on at its own rate."""
    masculine = core.gender < 0.5
    values: dict[str, float] = {}
    style = rng.uniform()
    if style < 0.07:
        values["afro"] = float(rng.uniform(0.3, 1.0))
    elif style < 0.13:
        values["bun"] = float(rng.uniform(0.4, 1.0))
    elif style < 0.27:
        values["curl"] = float(rng.uniform(0.3, 1.0))
    if masculine and "afro" not in values and "bun" not in values:
        bald = rng.uniform()
        if bald < 0.08:
            values["bald"] = float(rng.uniform(0.6, 1.0))
        elif bald < 0.3:
            values["recede"] = float(rng.uniform(0.2, 1.0))
    if rng.uniform() < 0.07:
        values["dye"], values["dye_hue"] = float(rng.uniform(0.6, 1.0)), float(rng.uniform())
    if masculine and rng.uniform() < 0.3:
        values["beard"] = float(rng.uniform(0.3, 1.0))
    if rng.uniform() < 0.18:
        values["glasses"] = float(rng.uniform(0.5, 1.0))
    if rng.uniform() < (0.06 if masculine else 0.3):
        values["earrings"] = float(rng.uniform(0.55, 1.0))
    if core.skin_tone < 0.45 and rng.uniform() < 0.15:
        values["freckles"] = float(rng.uniform(0.3, 1.0))
    return values
