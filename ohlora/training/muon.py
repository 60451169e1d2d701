"""Muon for matrices and convolutions, Adam for everything else, as one optimiser.

Muon (Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024) replaces a momentum matrix by the nearest
matrix with equal singular values. On this generator it reached Adam's loss with about half the images. torch's own takes
two-dimensional parameters only, so convolutions could not use it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

# Coefficients of the quintic iteration, chosen by Jordan et al. for fast growth of small singular values.
_QUINTIC = (3.4445, -4.7750, 2.0315)
_ITERATIONS = 5


def orthogonalize(matrix: Tensor) -> Tensor:
    """The matrix (O, I) with all its singular values brought near 1, by Newton-Schulz iterations in bfloat16."""
    a, b, c = _QUINTIC
    x = matrix.bfloat16()
    x = x / (x.norm() + 1e-7)
    wide = x if x.shape[0] <= x.shape[1] else x.T
    for _ in range(_ITERATIONS):
        square = wide @ wide.T
        wide = a * wide + (b * square + c * square @ square) @ wide
    result: Tensor = wide if x.shape[0] <= x.shape[1] else wide.T
    return result.float()


class MuonAdam(torch.optim.Optimizer):
    """Steps groups with `muon=True` by Muon and the others by Adam.

    A Muon group needs `scale`, the factor that its layer multiplies the stored weight by (equalised learning rate): the step is
    divided by it, so that `lr` is the spectral norm of the step on the weight as it is applied.
    """

    def __init__(self, groups: Iterable[dict[str, Any]], momentum: float = 0.95) -> None:
        defaults = {"lr": 0.0, "muon": False, "scale": 1.0, "momentum": momentum, "betas": (0.9, 0.99), "eps": 1e-8}
        super().__init__(groups, defaults)

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """One step over all parameters that have a gradient."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    (self._muon if group["muon"] else self._adam)(parameter, group)
        return loss

    def _muon(self, p: Tensor, group: dict[str, Any]) -> None:
        assert p.grad is not None
        state = self.state[p]
        if not state:
            state["momentum"] = torch.zeros_like(p)
        momentum = state["momentum"].lerp_(p.grad, 1.0 - group["momentum"])
        update = orthogonalize(p.grad.lerp(momentum, group["momentum"]).flatten(1))
        tall = max(1.0, update.shape[0] / update.shape[1]) ** 0.5
        p.add_(update.view_as(p), alpha=-group["lr"] * tall / group["scale"])

    def _adam(self, p: Tensor, group: dict[str, Any]) -> None:
        assert p.grad is not None
        state = self.state[p]
        if not state:
            state.update(step=0, mean=torch.zeros_like(p), square=torch.zeros_like(p))
        beta1, beta2 = group["betas"]
        state["step"] += 1
        state["mean"].lerp_(p.grad, 1.0 - beta1)
        state["square"].lerp_(p.grad.square(), 1.0 - beta2)
        mean = state["mean"] / (1.0 - beta1 ** state["step"])
        root = (state["square"] / (1.0 - beta2 ** state["step"])).sqrt_().add_(group["eps"])
        p.addcdiv_(mean, root, value=-group["lr"])
