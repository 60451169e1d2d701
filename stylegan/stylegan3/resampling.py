"""Up- and down-sampling with given filters as depthwise convolutions; borders are zeros, filters are symmetric."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def upsample(x: Tensor, kernel: Tensor, factor: int, padding: tuple[int, int]) -> Tensor:
    """Inserts zeros between samples, pads and filters, along both axes.

    A transposed convolution of stride `factor` is the same and leaves the zeros out. Its taps lie at other places than those
    of a filter that follows padding: padding by `before` is cutting `taps - 1 - before` of its result.

    Args:
        x: `(B, C, H, W)`.
        kernel: A separable filter `(taps,)` of sum 1; the gain of `factor` an axis is added here.
        factor: Samples for each of the input's.
        padding: Zeros before and after, in samples of the output; negative to cut.

    Returns:
        `(B, C, H', W')` with `H' = H * factor + before + after - taps + 1`.
    """
    channels, taps = x.shape[1], len(kernel)
    kernel = (kernel * factor).to(x.dtype)
    before = taps - 1 - padding[0]
    for axis in (2, 3):
        length = x.shape[axis] * factor + sum(padding) - taps + 1
        shape, stride = ((taps, 1), (factor, 1)) if axis == 2 else ((1, taps), (1, factor))
        weight = kernel.view(1, 1, *shape).expand(channels, 1, *shape)
        x = F.conv_transpose2d(x, weight, stride=stride, groups=channels)
        x = cut(x, axis, before, length)
    return x


def cut(x: Tensor, axis: int, before: int, length: int) -> Tensor:
    """Keeps `length` samples from `before` on along an axis, with zeros where they lie outside."""
    after = before + length - x.shape[axis]
    if before < 0 or after > 0:
        zeros = [max(-before, 0), max(after, 0)]
        x = F.pad(x, [0, 0, *zeros] if axis == 2 else zeros)
        before = max(before, 0)
    return x.narrow(axis, before, length)


def downsample(x: Tensor, kernel: Tensor, factor: int) -> Tensor:
    """Filters and keeps every `factor`-th sample along both axes.

    Args:
        x: `(B, C, H, W)`.
        kernel: A separable filter `(taps,)` or a radial one `(taps, taps)`, of sum 1.
        factor: Samples for each of the output's.

    Returns:
        `(B, C, H', W')` with `H' = (H - taps) // factor + 1`.
    """
    channels, taps = x.shape[1], len(kernel)
    kernel = kernel.to(x.dtype)
    if kernel.ndim == 2:
        return F.conv2d(x, kernel.expand(channels, 1, taps, taps), stride=factor, groups=channels)
    rows, columns = (kernel.view(1, 1, *shape).expand(channels, 1, *shape) for shape in ((taps, 1), (1, taps)))
    x = F.conv2d(x, rows, stride=(factor, 1), groups=channels)
    return F.conv2d(x, columns, stride=(1, factor), groups=channels)


def channels_last(x: Tensor) -> Tensor:
    """Lays `(B, C, H, W)` out with the channels last, which depthwise convolutions on a CPU take several times faster."""
    return x.contiguous(memory_format=torch.channels_last)
