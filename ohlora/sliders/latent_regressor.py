"""The latent regressor: attributes of a face from its w, so that a model knows where unmoved sliders stand.

Its answers are levels, a scale without ends. An attribute's share of its range is a logistic curve of its level, with slope 1
through a half at level 0. The curve ends a twentieth of the range beyond the range, because faces reach a little beyond it; for
a probability it ends at 0 and 1, so that a level is a quarter of the log-odds. Near its ends an attribute hardly changes, and
only a level tells there which way to go and how far; a probability's slider is therefore even in the level itself.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ohlora.sliders.slider import Slider

_MARGIN = 0.05
_CENSORED = 3.0
"""Level beyond which a probability, stored with limited precision, no longer tells how sure the parser was."""


class StackedLinear(nn.Module):
    """Linear layers of equal size side by side, one per member of an ensemble: all of them are one product.

    Args:
        members: How many, M.
        inputs: Length I of what each takes.
        outputs: Length O of what each gives.
    """

    def __init__(self, members: int, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(members, inputs, outputs))
        self.bias = nn.Parameter(torch.empty(members, 1, outputs))
        self.initialise()

    @torch.no_grad()
    def initialise(self) -> None:
        """Draws new weights, as a linear layer of PyTorch has them."""
        bound = 1.0 / math.sqrt(self.weight.shape[1])
        self.weight.uniform_(-bound, bound)
        self.bias.uniform_(-bound, bound)

    def forward(self, x: Tensor) -> Tensor:
        """Maps `(B, I)`, the same for all members, or `(M, B, I)` to `(M, B, O)`."""
        return torch.baddbmm(self.bias, x.expand(len(self.weight), -1, -1), self.weight)


class LatentRegressor(nn.Module):
    """An ensemble of perceptrons with two hidden layers, whose levels are averaged: together they err less.

    The members' weights are stacked, so that a step of all of them is one product.

    Attributes:
        end: Level of each slider's upper end `(K,)`, and negated of its lower one.
        low: Lower ends of the sliders `(K,)`.
        high: Upper ends `(K,)`.
        center: Mean w, `(w_dim,)`.
        scale: Root mean square of w's distance from it per element.

    Args:
        w_dim: Length of w.
        sliders: Whose attributes it reads, K of them.
        hidden: Width of the hidden layers.
        members: How many perceptrons.
    """

    low: Tensor
    high: Tensor
    margin: Tensor
    end: Tensor
    center: Tensor
    scale: Tensor

    def __init__(self, w_dim: int, sliders: Sequence[Slider], hidden: int = 128, members: int = 3) -> None:
        super().__init__()
        widths = [w_dim, hidden, hidden, len(sliders)]
        self.layers = nn.ModuleList(StackedLinear(members, *pair) for pair in itertools.pairwise(widths))
        self.register_buffer("low", torch.tensor([slider.low for slider in sliders]))
        self.register_buffer("high", torch.tensor([slider.high for slider in sliders]))
        self.register_buffer("margin", torch.tensor([_MARGIN if s.max_logit is None else 0.0 for s in sliders]))
        ends = [math.nan if slider.max_logit is None else slider.max_logit / 4.0 for slider in sliders]
        end, top = torch.tensor(ends), self._level(torch.ones(len(sliders)))
        self.register_buffer("end", torch.where(end.isnan(), top, end))
        self.register_buffer("center", torch.zeros(w_dim))
        self.register_buffer("scale", torch.ones(()))

    def initialise(self) -> None:
        """Draws new weights."""
        for layer in self.layers:
            cast(StackedLinear, layer).initialise()

    @torch.no_grad()
    def standardise(self, w: Tensor) -> None:
        """Fits the input's centre and scale to a sample of w `(N, w_dim)`."""
        self.center.copy_(w.mean(dim=0))
        self.scale.copy_((w - self.center).square().mean().sqrt().clamp_min(1e-8))

    def levels(self, w: Tensor) -> Tensor:
        """Levels `(B, K)` of w `(B, w_dim)`: without ends, and within about `end` of 0 inside the range."""
        return self.member_levels(w).mean(dim=0)

    def member_levels(self, w: Tensor) -> Tensor:
        """What every member reads, `(M, B, K)`."""
        first, second, last = self.layers
        levels: Tensor = last(F.gelu(second(F.gelu(first((w - self.center) / self.scale)))))
        return levels

    def attributes(self, levels: Tensor) -> Tensor:
        """Attributes `(B, K)` of levels, as labels have them."""
        width = 1.0 + 2.0 * self.margin
        return self.low + (self.high - self.low) * (width * torch.sigmoid(4.0 * levels / width) - self.margin)

    def values(self, levels: Tensor) -> Tensor:
        """Slider values `(B, K)` of levels, inside the sliders' ranges."""
        even = self.low + (self.high - self.low) * (0.5 + 0.5 * levels / self.end)
        return torch.where(self.margin == 0.0, even, self.attributes(levels)).clamp(min=self.low, max=self.high)

    def levels_of(self, values: Tensor) -> Tensor:
        """Levels `(B, K)` of slider values, from -end to end; NaN stays NaN."""
        share = ((values - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
        even = (2.0 * share - 1.0) * self.end
        return torch.where(self.margin == 0.0, even, self._level(share)).clamp(-self.end, self.end)

    def _level(self, share: Tensor) -> Tensor:
        width = 1.0 + 2.0 * self.margin
        return torch.logit((share + self.margin) / width) * width / 4.0

    def losses(self, w: Tensor, attributes: Tensor, knee: float = 0.05) -> Tensor:
        """How far what each member reads is off `(M, B, K)`, in shares of the range; to learn from.

        Of a probability the level has to be right, where it is not so far out that the value no longer tells; there it has
        to be as far out (censored regression, Tobin 1958).

        Args:
            w: `(B, w_dim)`.
            attributes: Labels `(B, K)`, NaN where missing; those entries are 0.
            knee: Below this the loss is quadratic, above linear.
        """
        levels, known = self.member_levels(w), torch.nan_to_num(attributes, nan=0.5)
        span = self.high - self.low
        off = (self.attributes(levels) - known) / span
        share = ((known - self.low) / span).clamp(0.0, 1.0)
        goal = torch.logit(share, eps=1e-6).div(4.0).clamp(-_CENSORED, _CENSORED)
        beyond = (goal.abs() == _CENSORED) & (levels * goal.sign() > _CENSORED)
        off = torch.where(self.margin == 0.0, torch.where(beyond, 0.0, levels - goal), off)
        return F.smooth_l1_loss(off, torch.zeros_like(off), beta=knee, reduction="none") * ~attributes.isnan()

    def forward(self, w: Tensor) -> Tensor:
        """Where the sliders of w `(B, w_dim)` stand, `(B, K)`, inside their ranges."""
        return self.values(self.levels(w))
