"""Trains a predictor on labelled faces."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ohlora.device import autocast
from ohlora.finetuning.data import LabelledFaces
from ohlora.finetuning.predictor import AttributePredictor, PredictorConfig
from ohlora.finetuning.rarity import rarity
from ohlora.finetuning.settings import FinetuneSettings
from ohlora.sliders.slider import Slider
from ohlora.training.schedule import rate_at, step_random
from ohlora.training.stepped import SteppedModule

HELD_OUT = 0.1
_PURPOSE = 1


class PredictorTraining(SteppedModule):
    """Fits one predictor; rare values count more, missing ones not at all.

    Args:
        config: The predictor's shape and seed.
        settings: The run's settings.
        data: The labelled faces; a tenth of them is only looked at.
        sliders: The attributes.
        dtype: What the network computes in.
        checkpoint: Where the state is saved.
    """

    def __init__(
        self,
        config: PredictorConfig,
        settings: FinetuneSettings,
        data: LabelledFaces,
        sliders: list[Slider],
        dtype: torch.dtype = torch.float32,
        checkpoint: Path | None = None,
    ) -> None:
        super().__init__(settings.predictor_steps, checkpoint, settings.checkpoint_every)
        self.settings, self.data, self.dtype_used = settings, data, dtype
        torch.manual_seed(config.seed)
        self.predictor = AttributePredictor(config, sliders)
        order = np.random.default_rng([config.seed, 0]).permutation(len(data))
        held_out = max(1, round(HELD_OUT * len(data)))
        self.held_out, self.training_set = order[:held_out], order[held_out:]
        self.span = torch.tensor([slider.span for slider in sliders])
        shares = np.stack([(data.values[:, k] - one.low) / one.span for k, one in enumerate(sliders)], axis=1)
        self.importance = torch.from_numpy(rarity(shares))

    def training_step(self, _: Tensor) -> Tensor:
        """One batch; which one follows from the step and this process's rank."""
        random = step_random(self.predictor.config.seed, _PURPOSE, self.step)
        chosen = random.choice(self.training_set, self.settings.predictor_batch)
        images, values = self.data.tensors(chosen)
        images = augment(images, random)
        images, values = self.mine(images), self.mine(values)
        with autocast(self.device, self.dtype_used):
            read, _features = self.predictor(images)
        present = ~values.isnan()
        span, goal = self.span.to(self.device), torch.nan_to_num(values)
        error = F.smooth_l1_loss(read.float() / span, goal / span, beta=0.05, reduction="none")
        weight = self.mine(self.importance[chosen]) * present
        loss: Tensor = (error * weight).sum() / weight.sum().clamp_min(1e-6)
        self.log("loss", loss.detach(), prog_bar=True)
        return loss

    @torch.no_grad()
    def held_out_errors(self) -> dict[str, float]:
        """Mean absolute error of every attribute on the faces held out, in shares of the range."""
        self.predictor.eval()
        errors = []
        for first in range(0, len(self.held_out), 64):
            images, values = self.data.tensors(self.held_out[first : first + 64])
            device = next(self.predictor.parameters()).device
            errors.append((self.predictor(images.to(device))[0].cpu() - values).abs() / self.span)
        means = torch.cat(errors).nanmean(dim=0)
        return dict(zip(self.data.names, (round(float(value), 4) for value in means), strict=True))

    def configure_optimizers(self) -> Any:
        """AdamW with a cosine."""
        optimizer = torch.optim.AdamW(self.predictor.parameters(), lr=2e-3, weight_decay=0.01)
        steps = self.settings.predictor_steps
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate_at(step, steps))
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


def augment(images: Tensor, random: np.random.Generator) -> Tensor:
    """Shifts by up to two pixels, blurs and makes noisy; nothing that would change an attribute.

    Args:
        images: `(B, 3, S, S)` in [-1, 1].
        random: Where the changes come from.
    """
    count, size = len(images), images.shape[-1]
    dx, dy = (int(value) for value in random.integers(0, 5, size=2))
    images = F.pad(images, (2, 2, 2, 2), mode="replicate")[..., dy : dy + size, dx : dx + size]
    blurred = F.avg_pool2d(F.pad(images, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
    amount = torch.from_numpy(random.uniform(-1.0, 1.0, (count, 1, 1, 1))).float().clamp_min(0.0)
    strength = torch.from_numpy(random.uniform(-0.06, 0.06, (count, 1, 1, 1))).float().clamp_min(0.0)
    noise = torch.from_numpy(random.standard_normal(tuple(images.shape), dtype=np.float32))
    return images + amount * (blurred - images) + strength * noise
