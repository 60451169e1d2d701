"""Low-pass filters by the window method (Karras et al. 2021, appendix B), designed in float64.

A separable filter is a sinc under a Kaiser window. A radially symmetric one, which lets through the same frequencies in all
directions, is a jinc under the outer product of two windows.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.signal import firwin, kaiser_beta
from scipy.special import j1
from torch import Tensor


def low_pass_filter(taps: int, cutoff: float, width: float, rate: float, *, radial: bool = False) -> Tensor | None:
    """Designs a filter of sum 1.

    Args:
        taps: Number of taps; 1 for no filter.
        cutoff: Where the frequency response falls to a half.
        width: Width of the transition, same unit.
        rate: Sampling rate, same unit.
        radial: Whether the filter is radially symmetric instead of separable.

    Returns:
        `(taps,)` of a separable filter or `(taps, taps)` of a radial one, float32; None for one tap.
    """
    if taps == 1:
        return None
    window = np.kaiser(taps, kaiser_beta(_attenuation(taps, width / (rate / 2))))
    if radial:
        return torch.from_numpy(_jinc(taps, cutoff, rate, window).astype(np.float32))
    line = firwin(taps, cutoff, width=width, fs=rate)
    return torch.from_numpy(line.astype(np.float32))


def _attenuation(taps: int, width: float) -> float:
    """What the window can hold back beyond the transition, in decibels (Kaiser's formula)."""
    return 2.285 * (taps - 1) * math.pi * width + 7.95


def _jinc(taps: int, cutoff: float, rate: float, window: NDArray[np.float64]) -> NDArray[np.float64]:
    positions = (np.arange(taps) - (taps - 1) / 2) / rate
    radius = np.hypot(*np.meshgrid(positions, positions))
    # The limit at the centre, which only an odd number of taps has.
    near = np.where(radius == 0.0, 1e-9, radius)
    kernel = j1(2.0 * cutoff * math.pi * near) / (math.pi * near) * np.outer(window, window)
    return np.asarray(kernel / kernel.sum())
