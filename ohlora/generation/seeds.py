"""Seeds and the latents that they stand for, in the way StyleGAN users know.

A seed is a whole number that names a face: `--seeds 0,3,7-12` are eight of them, and each one's z is drawn from numpy's
Mersenne Twister, as in the scripts published with StyleGAN2-ADA and StyleGAN3, so that a seed shows the same face there
and here.
"""

import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from ohlora.errors import SettingsError

MAX_SEED = 2**32 - 1  # numpy.random.RandomState takes no larger one
MAX_COUNT = 10_000_000  # keeps a mistyped range from filling the memory

_ITEM = re.compile(r"(\d+)(?:\s*-\s*(\d+))?")


def parse_seeds(text: str) -> tuple[int, ...]:
    """Read seeds as StyleGAN3 users type them.

    Args:
        text: Seeds and inclusive ranges between commas, such as `0,3,7-12`. Spaces are allowed.

    Returns:
        The seeds in the order given, each of them once.

    Raises:
        SettingsError: When an item is neither a number nor a rising range, or a seed is above 2**32 - 1.
    """
    ranges = [_parse_item(item.strip(), text) for item in text.split(",")]
    count = sum(map(len, ranges))
    if count > MAX_COUNT:
        raise SettingsError(
            f"expected at most {MAX_COUNT:,} seeds at once, got {count:,} from '{text}'; split the range"
        )
    return tuple(dict.fromkeys(seed for seeds in ranges for seed in seeds))


def _parse_item(item: str, text: str) -> range:
    match = _ITEM.fullmatch(item)
    if match is None:
        raise SettingsError(f"expected seeds such as 0,3,7-12, got '{item}' in '{text}'")
    first = int(match[1])
    last = int(match[2]) if match[2] is not None else first
    if last < first:
        raise SettingsError(f"expected a rising range of seeds, got '{item}'; write {last}-{first}")
    return range(check_seed(first), check_seed(last) + 1)


def check_seed(seed: int) -> int:
    """Return the seed when it is one of 0 .. 2**32 - 1.

    Raises:
        SettingsError: When it is not.
    """
    if not 0 <= seed <= MAX_SEED:
        raise SettingsError(f"expected a seed from 0 to {MAX_SEED}, got {seed}")
    return seed


def format_seeds(seeds: Iterable[int]) -> str:
    """Write seeds as briefly as `parse_seeds` reads them: `(0, 3, 7, 8, 9)` becomes `0,3,7-9`."""
    runs: list[list[int]] = []
    for seed in seeds:
        if runs and seed == runs[-1][1] + 1:
            runs[-1][1] = seed
        else:
            runs.append([seed, seed])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def latents(seeds: Sequence[int], z_dim: int) -> NDArray[np.float32]:
    """Draw one z per seed, `numpy.random.RandomState(seed).randn(1, z_dim)`.

    Args:
        seeds: N seeds.
        z_dim: Length of a latent vector.

    Returns:
        Standard normal latents `(N, z_dim)`, float32.

    Raises:
        SettingsError: When a seed is out of range.
    """
    if not seeds:
        return np.zeros((0, z_dim), np.float32)
    rows = [np.random.RandomState(check_seed(seed)).randn(1, z_dim) for seed in seeds]
    return np.concatenate(rows).astype(np.float32)
