"""Weights for parity tests of StyleGAN2 and StyleGAN3, whose entries are named as NVLabs names them.

As in `tests/fill.py`, an entry's value depends on its name, its shape and a seed alone. Low-pass filters and the user's
transform stay as they were built.
"""

import zlib

import numpy as np
import numpy.typing as npt
import torch

FIXED_LEAVES = ("resample_filter", "up_filter", "down_filter", "transform")
# Leaf or whole name -> factor and summand of a standard normal draw; all other entries are the draw itself.
SCALES = {"noise_strength": (0.1, 0.1), "w_avg": (0.3, 0.0), "phases": (0.3, 0.0), "bias": (0.1, 0.0)}
INPUT_AFFINE = "synthesis.input.affine."


def fill_entry(name: str, shape: tuple[int, ...], seed: int) -> npt.NDArray[np.float32]:
    """The value of one entry, float32."""
    draw = np.random.default_rng([zlib.crc32(name.encode()), seed]).standard_normal(shape, dtype=np.float32)
    leaf = name.rsplit(".", 1)[-1]
    if name.startswith("mapping.fc"):
        # Stored divided by the learning-rate multiplier of 0.01.
        return np.asarray(draw * np.float32(100.0 if leaf == "weight" else 10.0))
    if name == f"{INPUT_AFFINE}weight":
        return np.asarray(draw * np.float32(0.25))
    if name == f"{INPUT_AFFINE}bias":
        return np.asarray(np.array([1.0, 0.0, 0.0, 0.0], np.float32) + np.float32(0.1) * draw)
    if leaf == "magnitude_ema":
        return np.asarray(np.exp(np.float32(0.2) * draw), dtype=np.float32)
    factor, summand = SCALES.get(leaf, (1.0, 0.0))
    if leaf == "bias" and ".affine." in name:
        summand = 1.0
    return np.asarray(np.float32(summand) + np.float32(factor) * draw, dtype=np.float32)


def fill_nvlabs(module: torch.nn.Module, seed: int = 0) -> None:
    """Replaces a module's entries in place."""
    for name, value in module.state_dict().items():
        if name.rsplit(".", 1)[-1] not in FIXED_LEAVES:
            value.copy_(torch.tensor(fill_entry(name, tuple(value.shape), seed)))
