"""The identity network's training: renders of the same people under other attributes go in, an embedding of people comes out.

The loss pulls the views of a person together and pushes those of other people apart, so that the cosine of two embeddings tells
whether two faces are of one person, whatever expression, pose, hair and light.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from ohlora.errors import OhloraError
from ohlora.evaluation.identity import Calibration, IdentityNetwork
from ohlora.images.pixels import from_arrays
from ohlora.pretraining.augmentation import Degradation, degrade
from ohlora.pretraining.settings import IdentitySettings
from ohlora.training.ema import Ema
from ohlora.training.schedule import scheduled
from ohlora.training.stepped import SteppedModule

_WARM = 100
_DEGRADATION = Degradation(contrast=0.1, brightness=0.08, tint=0.0, noisy=0.3)


def contrastive_loss(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    """Cross-entropy of finding each person's other view among all (NT-Xent, Chen et al. 2020, eq. 1).

    Args:
        first: (P, E) embeddings of length 1, one person each.
        second: (P, E), the same people in another view.
        temperature: divides the cosines.
    """
    both = torch.cat([first, second])
    cosines = both @ both.T / temperature
    cosines = cosines.masked_fill(torch.eye(len(both), dtype=torch.bool, device=both.device), -torch.inf)
    partner = torch.arange(len(both), device=both.device).roll(len(first))
    return F.cross_entropy(cosines, partner)


class IdentityTraining(SteppedModule):
    """Trains an `IdentityNetwork`; batches are functions of the step, so a resumed run sees the same ones."""

    def __init__(self, settings: IdentitySettings, people: NDArray[np.uint8]) -> None:
        super().__init__(settings.steps)
        if len(people) <= settings.held_out:
            raise OhloraError(f"expected more than {settings.held_out} people, which are held out; got {len(people)}")
        self.settings, self.people = settings, people
        torch.manual_seed(settings.seed)
        self.network = IdentityNetwork(settings.config)
        self.ema = Ema(dict(self.network.named_parameters()), settings.average_decay)

    def batch(self, step: int) -> Tensor:
        """Two views (2, P, 3, S, S) in [-1, 1] of different people, with colours, blur and noise changed at random."""
        rng = np.random.default_rng([self.settings.seed, step])
        known = len(self.people) - self.settings.held_out
        chosen = self.settings.held_out + rng.permutation(known)[: self.settings.batch]
        views = np.argsort(rng.random((len(chosen), self.people.shape[1])), axis=1)[:, :2]
        images = torch.from_numpy(self.people[chosen[:, None], views].reshape(-1, *self.people.shape[2:]))
        images = degrade(images.permute(0, 3, 1, 2).float() / 127.5 - 1.0, rng, _DEGRADATION)
        return images.clamp(-1.0, 1.0).view(len(chosen), 2, *images.shape[1:]).transpose(0, 1)

    def training_step(self, _: Tensor) -> Tensor:
        """One batch."""
        first, second = self.batch(self.step).to(self.device)
        embeddings = self.network(torch.cat([first, second]))
        one, other = embeddings.chunk(2)
        loss = contrastive_loss(one, other, self.settings.temperature)
        self.log("loss", loss.detach(), prog_bar=True)
        return loss

    def after_step(self) -> None:
        """Moves the average of the weights."""
        self.ema.update(dict(self.network.named_parameters()), self.step)

    @torch.no_grad()
    def calibrate(self) -> Calibration:
        """Mean cosines of the average's embeddings of held-out people, same and different."""
        count = self.settings.held_out
        average = self.ema.averaged(self.network)
        embeddings = torch.stack([average(from_arrays(views).to(self.device)) for views in self.people[:count]]).cpu()
        sums = embeddings.sum(dim=1)
        views = embeddings.shape[1]
        # The sum over all pairs of a person's views holds every view with itself, which is 1.
        same = (sums.square().sum(1) - views) / (views * (views - 1))
        across = sums @ sums.T / views**2
        different = (across.sum() - across.diagonal().sum()) / max(1, count * (count - 1))
        return Calibration(float(same.mean()), float(different), count)

    def configure_optimizers(self) -> Any:
        """AdamW with a warm-up, then a cosine to zero."""
        optimizer = torch.optim.AdamW(self.network.parameters(), lr=self.settings.rate, weight_decay=0.01)
        return scheduled(optimizer, self.steps, warm=_WARM, final=0.0)
