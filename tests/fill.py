"""Weights for parity tests that depend on nothing but an entry's name, its shape and a seed.

Stored reference outputs were computed with these weights, so that two implementations of one state-dict layout can be
compared without a checkpoint. Entry `name` draws from a standard normal generator seeded with (crc32 of the name, seed),
and the draw is scaled by the kind of the entry. Blur kernels, levels of detail and integers stay as they were built.
"""

import math
import zlib

import numpy as np
import numpy.typing as npt
import torch

# These layers scale their weights at run time (equalised learning rate), so that the stored ones have unit variance.
EQUALISED_ROOTS = ("synthesis", "label_weight")
EQUALISED_PREFIXES = ("layer", "input", "output")
UNIT_LEAVES = ("noise", "positional_encoding_gaussian_matrix")


def scale_and_offset(name: str, shape: tuple[int, ...]) -> tuple[float, float]:
    """Factor and summand that turn a standard normal draw into the value of an entry."""
    root, leaf = name.split(".")[0], name.split(".")[-1]
    if name.startswith("mapping.dense"):
        # Stored divided by the learning-rate multiplier of 0.01.
        return (100.0 if leaf == "weight" else 10.0), 0.0
    if leaf in UNIT_LEAVES:
        return 1.0, 0.0
    if leaf == "const":
        return 0.1, 1.0
    if len(shape) < 2:
        return 0.1, (1.0 if leaf == "weight" and "norm" in name else 0.0)
    if root in EQUALISED_ROOTS or root.startswith(EQUALISED_PREFIXES):
        return 1.0, 0.0
    return 1.0 / math.sqrt(math.prod(shape[1:])), 0.0


def fill_entry(name: str, shape: tuple[int, ...], seed: int) -> npt.NDArray[np.float32]:
    """The value of one entry, float32."""
    generator = np.random.default_rng([zlib.crc32(name.encode()), seed])
    scale, offset = scale_and_offset(name, shape)
    draw = generator.standard_normal(shape, dtype=np.float32)
    return np.asarray(offset + draw * np.float32(scale), dtype=np.float32)


def fill_state_dict(module: torch.nn.Module, seed: int) -> None:
    """Replace a module's floating-point entries in place."""
    state = module.state_dict()
    for name, value in state.items():
        kept = not value.is_floating_point() or name.endswith(".kernel") or name.split(".")[-1] == "lod"
        if not kept:
            value.copy_(torch.from_numpy(fill_entry(name, tuple(value.shape), seed)))
