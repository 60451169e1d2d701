"""The moving average of the trained weights, which is what validation sees and what is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn


class WeightAverage(nn.Module):
    """Exponential moving average of parameters; its buffers travel with a checkpoint.

    Args:
        parameters: Parameters by name.
        decay: Share of the old average that stays after a step; less in the first steps.
    """

    def __init__(self, parameters: Mapping[str, nn.Parameter], decay: float) -> None:
        super().__init__()
        self.decay = decay
        self._names = {name: name.replace(".", "__") for name in parameters}
        for name, value in parameters.items():
            self.register_buffer(self._names[name], value.detach().clone())

    def values(self) -> dict[str, Tensor]:
        """The averages by the parameters' names."""
        return {name: self.get_buffer(buffer) for name, buffer in self._names.items()}

    @torch.no_grad()
    def update(self, parameters: Mapping[str, nn.Parameter], step: int) -> None:
        """Moves the average after optimiser step `step`, counted from 1."""
        decay = min(self.decay, (1.0 + step) / (10.0 + step))
        for name, average in self.values().items():
            average.lerp_(parameters[name].to(average.dtype), 1.0 - decay)

    @contextmanager
    def applied(self, parameters: Mapping[str, nn.Parameter]) -> Iterator[None]:
        """Puts the averages into the parameters while the block runs."""
        kept = {name: value.detach().clone() for name, value in parameters.items()}
        with torch.no_grad():
            for name, average in self.values().items():
                parameters[name].copy_(average)
        try:
            yield
        finally:
            with torch.no_grad():
                for name, value in kept.items():
                    parameters[name].copy_(value)
