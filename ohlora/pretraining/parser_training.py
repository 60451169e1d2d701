"""The embedded parser's training on the renderer's exact label maps and genders."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ohlora.device import autocast
from ohlora.images.pixels import from_arrays
from ohlora.pretraining.augmentation import Degradation, degrade
from ohlora.pretraining.render_shards import PortraitShards
from ohlora.pretraining.settings import ParserSettings
from ohlora.training.ema import Ema, averageable
from ohlora.training.muon import MuonAdam
from ohlora.training.schedule import scheduled
from ohlora.training.stepped import SteppedModule
from segmentation.classes import FaceClass
from segmentation.unet.network import PortraitParser, PortraitParserConfig

_WARM = 100
_DEGRADATION = Degradation(contrast=0.15, brightness=0.1, tint=0.06, noisy=0.4)
_MIRROR = torch.arange(len(FaceClass))
_MIRROR[[2, 3, 4, 5]] = torch.tensor([3, 2, 5, 4])
"""Class of every class in the mirrored picture: left and right swap."""

_WEIGHTS = torch.tensor([1.0, 1.0, 3.0, 3.0, 2.5, 2.5, 1.5, 3.0, 2.5, 2.5, 1.0])
"""Weights of the classes: thin ones lose most by a pixel."""


class ParserTraining(SteppedModule):
    """Trains a `PortraitParser`; batches are functions of the step, so a resumed run sees the same ones."""

    def __init__(
        self, settings: ParserSettings, data: PortraitShards, held_out: int = 512, dtype: torch.dtype = torch.bfloat16
    ) -> None:
        super().__init__(settings.steps)
        self.settings, self.data, self.held_out, self.dtype_used = settings, data, held_out, dtype
        torch.manual_seed(settings.seed)
        config = PortraitParserConfig(size=data.images.shape[1], widths=settings.widths)
        self.parser = PortraitParser(config).to(memory_format=torch.channels_last)
        self.ema = Ema(averageable(self.parser), settings.average_decay)
        self._losses: Any = None

    def batch(self, step: int) -> tuple[Tensor, Tensor, Tensor]:
        """Images in [-1, 1], labels and genders of a step, with light, colour, blur, shift and mirror changed at random."""
        rng = np.random.default_rng([self.settings.seed, step])
        indices = rng.integers(self.held_out, len(self.data), size=self.settings.batch)
        images = from_arrays(self.data.images[indices])
        labels = torch.from_numpy(self.data.labels[indices]).long()
        gender = torch.from_numpy(self.data.truth[indices, 0])
        images, labels = _mirror(images, labels, torch.from_numpy(rng.random(len(indices)) < 0.5))
        images, labels = _shift(images, labels, rng)
        return degrade(images, rng, _DEGRADATION).clamp(-1.0, 1.0), labels, gender

    def _compute_losses(self, images: Tensor, labels: Tensor, gender: Tensor) -> tuple[Tensor, Tensor]:
        with autocast(self.device, self.dtype_used):
            outputs = self.parser(images)
        logits = outputs["segmentation"].float()
        pixel = F.cross_entropy(logits, labels, weight=_WEIGHTS.to(logits.device))
        return pixel, F.binary_cross_entropy_with_logits(outputs["gender"].float()[:, 0], gender)

    def training_step(self, _: Tensor) -> Tensor:
        """One batch."""
        if self._losses is None:
            self._losses = torch.compile(self._compute_losses)
        images, labels, gender = (part.to(self.device) for part in self.batch(self.step))
        pixel, sex = self._losses(images.contiguous(memory_format=torch.channels_last), labels, gender)
        self.log_dict({"pixel": pixel.detach(), "gender": sex.detach()}, prog_bar=True)
        total: Tensor = pixel + self.settings.gender * sex
        return total

    def after_step(self) -> None:
        """Moves the average of weights and of batch norm's statistics; now and then measures it."""
        self.ema.update(averageable(self.parser), self.step)
        if self.step % 500 == 0:
            iou, accuracy = self.evaluate(self.held_out)
            self.log_dict({"miou": float(iou.mean()), "gender_accuracy": accuracy}, prog_bar=True)

    @torch.no_grad()
    def evaluate(self, count: int) -> tuple[Tensor, float]:
        """IoU of every class (11,) and gender accuracy on the first `count` portraits, which training never sees."""
        average = self.ema.averaged(self.parser)
        confusion, right = torch.zeros(len(FaceClass), len(FaceClass)), 0.0
        for first in range(0, count, 32):
            part = slice(first, first + 32)
            images = torch.from_numpy(self.data.images[part]).permute(0, 3, 1, 2).float().to(self.device) / 127.5 - 1.0
            outputs = average(images)
            guess = outputs["segmentation"].argmax(dim=1).cpu().flatten()
            truth = torch.from_numpy(self.data.labels[part]).long().flatten()
            confusion += torch.bincount(truth * 11 + guess, minlength=121).view(11, 11)
            gender = torch.from_numpy(self.data.truth[part, 0])
            right += float(((outputs["gender"][:, 0].cpu() > 0) == (gender > 0.5)).sum())
        union = confusion.sum(0) + confusion.sum(1) - confusion.diagonal()
        return confusion.diagonal() / union.clamp_min(1.0), right / count

    def configure_optimizers(self) -> Any:
        """Muon on the convolutions, Adam on the rest; warm-up, then a cosine to zero."""
        s = self.settings
        matrices = [p for n, p in self.parser.named_parameters() if p.ndim == 4 and "to_logits" not in n]
        ids = {id(p) for p in matrices}
        rest = [p for p in self.parser.parameters() if id(p) not in ids]
        groups = [{"params": matrices, "muon": True, "lr": s.rate}, {"params": rest, "lr": 0.1 * s.rate}]
        optimizer = MuonAdam(groups)
        return scheduled(optimizer, self.steps, warm=_WARM, final=0.0)


def _mirror(images: Tensor, labels: Tensor, which: Tensor) -> tuple[Tensor, Tensor]:
    images = torch.where(which[:, None, None, None], images.flip(3), images)
    return images, torch.where(which[:, None, None], _MIRROR[labels.flip(2)], labels)


def _shift(images: Tensor, labels: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    dx, dy = (int(v) for v in rng.integers(-4, 5, size=2))
    images = F.pad(images, (4, 4, 4, 4), mode="replicate")
    labels = F.pad(labels[:, None].float(), (4, 4, 4, 4), mode="replicate")[:, 0].long()
    size = images.shape[-1] - 8
    rows, columns = slice(4 + dy, 4 + dy + size), slice(4 + dx, 4 + dx + size)
    return images[..., rows, columns], labels[..., rows, columns]
