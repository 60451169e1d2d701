"""The embedded parser's training on the renderer's exact label maps and genders."""

from __future__ import annotations

import copy
import math
from typing import Any

import lightning as L
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.data import DataLoader

from ohlora.images.pixels import from_arrays
from ohlora.pretraining.render_shards import PortraitShards
from ohlora.pretraining.settings import ParserSettings
from ohlora.training.muon import MuonAdam
from segmentation.classes import FaceClass
from segmentation.unet.network import PortraitParser, PortraitParserConfig

_MIRROR = torch.arange(len(FaceClass))
_MIRROR[[2, 3, 4, 5]] = torch.tensor([3, 2, 5, 4])
"""Class of every class in the mirrored picture: left and right swap."""

_WEIGHTS = torch.tensor([1.0, 1.0, 3.0, 3.0, 2.5, 2.5, 1.5, 3.0, 2.5, 2.5, 1.0])
"""Weights of the classes: thin ones lose most by a pixel."""


class ParserTraining(L.LightningModule):
    """Trains a ``PortraitParser``; batches are functions of the global step, so a resumed run sees the same ones."""

    def __init__(self, settings: ParserSettings, data: PortraitShards, held_out: int = 512) -> None:
        super().__init__()
        self.settings, self.data, self.held_out = settings, data, held_out
        torch.manual_seed(settings.seed)
        config = PortraitParserConfig(size=data.images.shape[1], widths=settings.widths)
        self.parser = PortraitParser(config).to(memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.parser).requires_grad_(False)
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
        return _degrade(images, rng).clamp(-1.0, 1.0), labels, gender

    def _compute_losses(self, images: Tensor, labels: Tensor, gender: Tensor) -> tuple[Tensor, Tensor]:
        with torch.autocast(self.device.type, torch.bfloat16):
            outputs = self.parser(images)
        logits = outputs["segmentation"].float()
        pixel = F.cross_entropy(logits, labels, weight=_WEIGHTS.to(logits.device))
        return pixel, F.binary_cross_entropy_with_logits(outputs["gender"].float()[:, 0], gender)

    def training_step(self, _: Tensor) -> Tensor:
        """One batch."""
        if self._losses is None:
            self._losses = torch.compile(self._compute_losses)
        images, labels, gender = (part.to(self.device) for part in self.batch(self.global_step))
        pixel, sex = self._losses(images.contiguous(memory_format=torch.channels_last), labels, gender)
        self.log_dict({"pixel": pixel.detach(), "gender": sex.detach()}, prog_bar=True)
        total: Tensor = pixel + self.settings.gender * sex
        return total

    @torch.no_grad()
    def on_train_batch_end(self, *_: Any) -> None:
        """Move the average of weights and of batch norm's statistics."""
        decay = min(self.settings.average_decay, (1.0 + self.global_step) / (10.0 + self.global_step))
        for average, value in zip(self.average.parameters(), self.parser.parameters(), strict=True):
            average.lerp_(value, 1.0 - decay)
        for kept, current in zip(self.average.buffers(), self.parser.buffers(), strict=True):
            if current.is_floating_point():
                kept.lerp_(current, 1.0 - decay)
        if self.global_step % 500 == 0:
            iou, accuracy = self.evaluate(self.held_out)
            self.log_dict({"miou": float(iou.mean()), "gender_accuracy": accuracy}, prog_bar=True)

    @torch.no_grad()
    def evaluate(self, count: int) -> tuple[Tensor, float]:
        """IoU of every class (11,) and gender accuracy on the first ``count`` portraits, which training never sees."""
        average = self.average.eval()
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
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, self._rate)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def _rate(self, step: int) -> float:
        return min(1.0, (step + 1) / 100) * 0.5 * (1.0 + math.cos(math.pi * min(step / self.settings.steps, 1.0)))

    def train_dataloader(self) -> DataLoader[int]:
        """Step numbers; batches are drawn by ``batch``."""
        return DataLoader(range(10**9), batch_size=None)  # type: ignore[arg-type]


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


def _degrade(images: Tensor, rng: np.random.Generator) -> Tensor:
    """Contrast, brightness and tint per image; some are blurred or made noisy, as generated faces can be."""
    count = len(images)

    def uniform(low: float, high: float, channels: int = 1) -> Tensor:
        return torch.from_numpy(rng.uniform(low, high, size=(count, channels, 1, 1))).float()

    images = images * uniform(0.85, 1.15) + uniform(-0.1, 0.1) + uniform(-0.06, 0.06, 3)
    kernel = torch.tensor([1.0, 2.0, 1.0]) / 4.0
    blurred = F.conv2d(
        F.pad(images, (1, 1, 1, 1), mode="replicate"), torch.outer(kernel, kernel).expand(3, 1, 3, 3), groups=3
    )
    amount = uniform(0.0, 1.0) * (uniform(0.0, 1.0) < 0.5)
    noise = torch.from_numpy(rng.standard_normal(images.shape, dtype=np.float32))
    return images + amount * (blurred - images) + noise * (uniform(0.0, 0.05) * (uniform(0.0, 1.0) < 0.4))
