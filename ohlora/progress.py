"""Progress bars (the count, the rate and the time left), and counts and names as people are told."""

import sys
from collections.abc import Sequence
from typing import Any

from tqdm import tqdm

_SECONDS_BETWEEN_LINES = 10.0


def progress_bar(action: str, unit: str, total: int, done: int, show: bool = True) -> "tqdm[Any]":
    """Open a bar on standard error.

    Args:
        action: What is done, before the bar.
        unit: What is counted; the rate is in these per second.
        total: How many there are.
        done: How many an earlier run finished; they do not count for the rate.
        show: False for none.
    """
    # A log file is not redrawn: every update would stay in it.
    interval = 0.1 if sys.stderr.isatty() else _SECONDS_BETWEEN_LINES
    return tqdm(
        total=total, initial=done, unit=unit, desc=action, disable=not show, mininterval=interval, dynamic_ncols=True
    )


def describe_rate(count: int, seconds: float, units: str) -> str:
    """Say how long something took, such as `12 faces in 3.0 s, 4.0 a second`."""
    rate = f", {count / seconds:.1f} a second" if count and seconds > 0 else ""
    return f"{counted(count, units)} in {seconds:.1f} s{rate}"


def counted(count: int, units: str) -> str:
    """A number of things whose plural is given and ends in s, such as `12 faces` or `1 face`."""
    return f"{count} {units.removesuffix('s') if count == 1 else units}"


def listed(names: Sequence[str], most: int = 5) -> str:
    """The first names, and how many more there are, such as `a.png, b.png and 7 more`."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
