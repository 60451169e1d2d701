"""Progress bars: the count, the rate and the time left."""

import sys
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


def describe_rate(count: int, seconds: float, unit: str) -> str:
    """Say how long something took, such as `12 faces in 3.0 s, 4.0 a second`."""
    rate = f", {count / seconds:.1f} a second" if count and seconds > 0 else ""
    return f"{count} {unit} in {seconds:.1f} s{rate}"
