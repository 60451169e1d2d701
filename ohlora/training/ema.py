"""The exponential moving average (EMA) of trained weights, which is what validation sees and what is kept.

Parameters go in after every step, their averages come out. Early steps count for more, so that the first weights, which are
random, are soon forgotten. torch's `AveragedModel` and Lightning's `EMAWeightAveraging` were not used: they copy a whole
model, here mostly a frozen generator, and begin with the weights after the first step instead of those before it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

import torch
from torch import Tensor, nn

Module = TypeVar("Module", bound=nn.Module)


class Ema(nn.Module):
    """Exponential moving average of tensors; the averages are buffers, and so travel with a checkpoint.

    Args:
        weights: Parameters, and whatever else is to be averaged, by name.
        decay: Share of the old average that stays after a step; (1 + step) / (10 + step) where that is less.
    """

    def __init__(self, weights: Mapping[str, Tensor], decay: float) -> None:
        super().__init__()
        self.decay = decay
        self._buffer_names = {name: name.replace(".", "__") for name in weights}
        for name, value in weights.items():
            self.register_buffer(self._buffer_names[name], value.detach().clone())

    def values(self) -> dict[str, Tensor]:
        """The averages by the weights' names."""
        return {name: self.get_buffer(buffer) for name, buffer in self._buffer_names.items()}

    @torch.no_grad()
    def update(self, weights: Mapping[str, Tensor], step: int) -> None:
        """Moves the averages after optimiser step `step`, counted from 1."""
        decay = min(self.decay, (1.0 + step) / (10.0 + step))
        for name, average in self.values().items():
            average.lerp_(weights[name].to(average.dtype), 1.0 - decay)

    @torch.no_grad()
    def copy_to(self, weights: Mapping[str, Tensor]) -> None:
        """Writes the averages over the weights."""
        for name, average in self.values().items():
            weights[name].copy_(average)

    @contextmanager
    def applied(self, weights: Mapping[str, Tensor]) -> Iterator[None]:
        """Writes the averages over the weights while the block runs."""
        kept = {name: value.detach().clone() for name, value in weights.items()}
        self.copy_to(weights)
        try:
            yield
        finally:
            with torch.no_grad():
                for name, value in kept.items():
                    weights[name].copy_(value)

    def averaged(self, module: Module) -> Module:
        """A frozen copy of the module that the weights are of, with the averages in it, in evaluation mode."""
        copied = copy.deepcopy(module).requires_grad_(False).eval()
        self.copy_to(averageable(copied))
        return copied


def averageable(module: nn.Module) -> dict[str, Tensor]:
    """All parameters and floating-point buffers (such as the statistics of batch norm) of a module, by name."""
    buffers = {name: value for name, value in module.named_buffers() if value.is_floating_point()}
    return {**dict(module.named_parameters()), **buffers}
