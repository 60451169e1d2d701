"""The identity network's training: renders of the same people under other attributes.

A person is a draw of all core parameters; a view of them draws those again that are no part of who somebody is: how far
eyes and mouth are open, the turn of the head, the length and colour of the hair, light, clothes, background. The loss
pulls the views of a person together and pushes those of other people apart.
"""

from __future__ import annotations

import copy
import math
import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import lightning as L
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader

from ohlora.errors import OhloraError
from ohlora.evaluation.identity import Calibration, IdentityConfig, IdentityNetwork
from ohlora.images.pixels import from_arrays
from ohlora.portraits import CORE_NAMES, core_from_uniform, render
from ohlora.pretraining.settings import read_settings

SHARD = 100
"""People in one file."""


@dataclass(frozen=True)
class IdentitySettings:
    """How the identity network is made; see ``scripts/portraits.toml``.

    Attributes:
        size: Edge of the renders and of the network's input in pixels.
        widths: Channels of each level.
        dimension: Length of the embedding.
        seed: Of the weights, and of what each step draws.
        first_seed: People are numbered from here on; far from the seeds of any other training set.
        people: How many people are rendered.
        views: Renders of each.
        held_out: The first so many people are only looked at.
        batch: People of a step, with two views each.
        steps: Optimiser steps.
        rate: Highest learning rate.
        temperature: Of the contrastive loss.
        average_decay: Of the running average of the weights, which is what is kept.
        varied: Parameters that differ between the views of a person.
    """

    size: int
    widths: tuple[int, ...]
    dimension: int
    seed: int
    first_seed: int
    people: int
    views: int
    held_out: int
    batch: int
    steps: int
    rate: float
    temperature: float
    average_decay: float
    varied: tuple[str, ...]

    def __post_init__(self) -> None:
        unknown = sorted(set(self.varied) - set(CORE_NAMES))
        if unknown:
            raise OhloraError(f"[identity] varied: unknown parameter {unknown[0]!r}; known: {', '.join(CORE_NAMES)}")
        if self.views < 2 or self.people <= self.held_out:
            raise OhloraError("[identity] needs at least 2 views of each person, and more people than are held out")

    @property
    def config(self) -> IdentityConfig:
        """The network's sizes."""
        return IdentityConfig(self.size, self.widths, self.dimension)


def identity_settings(path: Path) -> IdentitySettings:
    """The ``[identity]`` table of a settings file."""
    values = read_settings(path, "identity")
    odd = sorted({field.name for field in fields(IdentitySettings)} ^ set(values))
    if odd:
        raise OhloraError(f"[identity] of {path}: missing or unknown: {', '.join(odd)}")
    frozen: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
    return IdentitySettings(**frozen)


def render_person(person: int, settings: IdentitySettings) -> NDArray[np.uint8]:
    """All views (views, size, size, 3) of a person, the same for the same number."""
    varied = np.isin(CORE_NAMES, settings.varied)
    self_rng = np.random.default_rng([settings.first_seed + person, 10])
    who = self_rng.uniform(size=len(CORE_NAMES))
    views = np.where(varied, self_rng.uniform(size=(settings.views, len(CORE_NAMES))), who)
    return np.stack([render(core_from_uniform(view), settings.size).image for view in views])


def render_people(path: Path, first: int, settings: IdentitySettings) -> Path:
    """Render ``SHARD`` people from number ``first`` on and write them as (N, views, size, size, 3) at once."""
    images = np.stack([render_person(first + k, settings) for k in range(SHARD)])
    partial = path.with_suffix(".part")
    with partial.open("wb") as file:
        np.savez(file, images=images)
    os.replace(partial, path)
    return path


def read_people(folder: Path) -> NDArray[np.uint8]:
    """All rendered people (N, views, size, size, 3) of a folder.

    Raises:
        OhloraError: the folder holds none.
    """
    paths = sorted(folder.glob("*.npz"))
    if not paths:
        raise OhloraError(f"no renders (*.npz) in {folder}; run scripts.train_identity without --no-render")
    parts = []
    for path in paths:
        with np.load(path) as shard:
            parts.append(shard["images"])
    return np.concatenate(parts)


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


class IdentityTraining(L.LightningModule):
    """Trains an ``IdentityNetwork``; batches are functions of the global step, so a resumed run sees the same ones."""

    def __init__(self, settings: IdentitySettings, people: NDArray[np.uint8]) -> None:
        super().__init__()
        if len(people) <= settings.held_out:
            raise OhloraError(f"expected more than {settings.held_out} people, which are held out; got {len(people)}")
        self.settings, self.people = settings, people
        torch.manual_seed(settings.seed)
        self.network = IdentityNetwork(settings.config)
        self.average = copy.deepcopy(self.network).requires_grad_(False)

    def batch(self, step: int) -> Tensor:
        """Two views (2, P, 3, S, S) in [-1, 1] of different people, with colours, blur and noise changed at random."""
        rng = np.random.default_rng([self.settings.seed, step])
        known = len(self.people) - self.settings.held_out
        chosen = self.settings.held_out + rng.permutation(known)[: self.settings.batch]
        views = np.argsort(rng.random((len(chosen), self.people.shape[1])), axis=1)[:, :2]
        images = torch.from_numpy(self.people[chosen[:, None], views].reshape(-1, *self.people.shape[2:]))
        images = _degrade(images.permute(0, 3, 1, 2).float() / 127.5 - 1.0, rng)
        return images.clamp(-1.0, 1.0).view(len(chosen), 2, *images.shape[1:]).transpose(0, 1)

    def training_step(self, _: Tensor) -> Tensor:
        """One batch."""
        first, second = self.batch(self.global_step).to(self.device)
        embeddings = self.network(torch.cat([first, second]))
        one, other = embeddings.chunk(2)
        loss = contrastive_loss(one, other, self.settings.temperature)
        self.log("loss", loss.detach(), prog_bar=True)
        return loss

    @torch.no_grad()
    def on_train_batch_end(self, *_: Any) -> None:
        """Move the average of the weights."""
        decay = min(self.settings.average_decay, (1.0 + self.global_step) / (10.0 + self.global_step))
        for average, value in zip(self.average.parameters(), self.network.parameters(), strict=True):
            average.lerp_(value, 1.0 - decay)

    @torch.no_grad()
    def calibrate(self) -> Calibration:
        """Mean cosines of the average's embeddings of held-out people, same and different."""
        count = self.settings.held_out
        average = self.average.eval()
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
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, self._rate)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def _rate(self, step: int) -> float:
        return min(1.0, (step + 1) / 100) * 0.5 * (1.0 + math.cos(math.pi * min(step / self.settings.steps, 1.0)))

    def train_dataloader(self) -> DataLoader[int]:
        """Step numbers; batches are drawn by ``batch``."""
        return DataLoader(range(10**9), batch_size=None)  # type: ignore[arg-type]


def _degrade(images: Tensor, rng: np.random.Generator) -> Tensor:
    """Contrast, brightness, shift, blur and noise per image, as far as generated faces differ from renders."""
    count = len(images)

    def uniform(low: float, high: float) -> Tensor:
        return torch.from_numpy(rng.uniform(low, high, size=(count, 1, 1, 1))).float()

    images = images * uniform(0.9, 1.1) + uniform(-0.08, 0.08)
    kernel = torch.tensor([1.0, 2.0, 1.0]) / 4.0
    weight = torch.outer(kernel, kernel).expand(3, 1, 3, 3)
    blurred = F.conv2d(F.pad(images, (1, 1, 1, 1), mode="replicate"), weight, groups=3)
    images = images + uniform(0.0, 1.0) * (uniform(0.0, 1.0) < 0.5) * (blurred - images)
    noise = torch.from_numpy(rng.standard_normal(images.shape, dtype=np.float32))
    return images + noise * (uniform(0.0, 0.05) * (uniform(0.0, 1.0) < 0.3))
