"""Level of detail: which resolutions of a pyramid are in use while it grows (Karras et al. 2018, figure 2)."""

from __future__ import annotations

import math

from stylegan.errors import InputError


def split_lod(lod: float, num_blocks: int) -> tuple[int, float]:
    """Splits a level of detail into the resolutions that are left out and the blend with the next coarser one.

    Args:
        lod: Level of detail, 0 for the full resolution up to `num_blocks - 1` for 4x4.
        num_blocks: Number of resolutions.

    Returns:
        Number of finest resolutions that are skipped, and the weight in [0, 1) of the level below.

    Raises:
        InputError: When lod lies outside its range.
    """
    highest = num_blocks - 1
    if not 0.0 <= lod <= highest:
        raise InputError(f"lod must lie between 0 and {highest} for this resolution, got {lod}")
    whole = math.floor(lod)
    return whole, lod - whole
