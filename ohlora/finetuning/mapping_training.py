"""Trains the mapping network of a conditional generator on random latents and requests; no picture is drawn.

The frozen regressor says which levels of the w that comes out are missing, for the sliders that are set and for those that are to
stay. In the first half of the steps the network answers in one pass; in the second half its answer goes through the feedback
passes, with the gradient through all of them: it learns to respond to a move of one level by one level, which is what feedback
needs. Half of the requests have been answered by the teacher (`ohlora.finetuning.teacher`), and the distance from its answers is a cost
as well: it keeps the person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ohlora.finetuning.model_training import ModelTraining
from ohlora.finetuning.sampling import random_faces, random_requests
from ohlora.finetuning.settings import FinetuneSettings, LatentSettings
from ohlora.finetuning.teacher import taught_w
from ohlora.sliders.conditional import ConditionalGenerator, Edit
from ohlora.training.schedule import rate_at, step_random

_STREAM, _TEACHER = 21, 50
_CHECKPOINTS = 5
_KNEE = 0.05
"""Levels below which the loss is quadratic: about what nobody sees."""
_TOLD = 0.84
"""Level beyond which a face's measures hardly tell more; what is missing there counts less in proportion."""
_EARLIER = 0.3
"""Weight of the passes before the last."""
_STEEP = 2.0
"""How many times as often a probability's slider is set: faces switch along it, at a place that differs from face to face."""
_WARM = 100
_AT_ONCE = 1024


@dataclass(frozen=True)
class Requests:
    """Requests of B faces.

    Attributes:
        z: Latents `(B, z_dim)`.
        values: Slider values `(B, K)`, NaN for a slider that is not set.
        psi: Truncations `(B, 1)`.
        w: The teacher's answers `(B, w_dim)`, NaN where it was not asked.
    """

    z: Tensor
    values: Tensor
    psi: Tensor
    w: Tensor

    def map(self, change: Callable[[Tensor], Tensor]) -> Requests:
        """The same change to every part."""
        return Requests(*(change(getattr(self, one.name)) for one in fields(self)))


class MappingTraining(ModelTraining):
    """Trains what `ConditionalGenerator.trainable_parameters` names, from the weights that it has.

    Args:
        model: Its regressor is fitted.
        settings: The run's settings, of the method `latent`.
        steps: Optimiser steps.
        rate: Learning rate at its highest.
        directions: What the teacher goes along, `(K, z_dim)`.
        stream: Other trainings of one run see other faces.
    """

    def __init__(
        self,
        model: ConditionalGenerator,
        settings: FinetuneSettings,
        steps: int,
        rate: float,
        directions: Tensor,
        stream: int = 0,
    ) -> None:
        super().__init__(model, steps, settings.ema_decay, max(1, steps // _CHECKPOINTS))
        if not isinstance(settings.method, LatentSettings):
            raise TypeError(f"expected settings of the method latent, got {settings.method_name}")
        self.rate, self.settings, self.method, self.stream = rate, settings, settings.method, _STREAM + 100 * stream
        self.sliders = list(model.sliders.values())
        self.weights = np.array([1.0 if slider.max_logit is None else _STEEP for slider in self.sliders])
        self._directions = directions

    @cached_property
    def lesson(self) -> Requests:
        """Requests with the teacher's answers, on the CPU; a training that is done never asks for them."""
        parts = []
        for part in range(-(-self.method.taught // _AT_ONCE)):
            random = step_random(self.settings.seed, self.stream + _TEACHER, part)
            count = min(_AT_ONCE, self.method.taught - part * _AT_ONCE)
            asked = self._random_requests(random, count)
            z, values, psi = (one.to(self.model.device) for one in (asked.z, asked.values, asked.psi))
            w = taught_w(self.model.base, self.model.regressor, self._directions, z, psi, values)
            parts.append(replace(asked, w=w.cpu()))
        return Requests(*(torch.cat([getattr(part, one.name) for part in parts]) for one in fields(Requests)))

    def _random_requests(self, random: np.random.Generator, count: int) -> Requests:
        z, psi = random_faces(random, count, self.model.z_dim, self.settings.truncation)
        values = random_requests(random, count, self.sliders, self.weights)
        return Requests(z, values, psi, torch.full((count, self.model.base.w_dim), torch.nan))

    def training_step(self, _: Tensor) -> Tensor:
        """One batch; which one follows from the step."""
        losses = self.losses(self.batch().map(self.rank_share))
        self.log_dict({name: value.detach() for name, value in losses.items()}, prog_bar=True)
        return torch.stack(list(losses.values())).sum()

    def batch(self) -> Requests:
        """What the step trains on: requests that the teacher answered and others, in turn."""
        random = step_random(self.settings.seed, self.stream, self.step)
        half = self.method.batch // 2
        chosen = torch.from_numpy(random.integers(len(self.lesson.z), size=half))
        known, new = self.lesson.map(lambda one: one[chosen]), self._random_requests(random, self.method.batch - half)
        order = torch.from_numpy(random.permutation(self.method.batch))
        return Requests(
            *(torch.cat([getattr(known, one.name), getattr(new, one.name)])[order] for one in fields(Requests))
        )

    def losses(self, asked: Requests) -> dict[str, Tensor]:
        """The loss's terms, weighted, of requests on the model's device."""
        model = self.model
        model.passes = model.config.passes if 2 * self.step >= self.steps else 0
        edit = model.edits(asked.z, asked.values, asked.psi)
        missing = self._missing(edit)
        known = ~asked.w.isnan()
        off = torch.where(known, edit.passes[-1] - torch.nan_to_num(asked.w), 0.0) / model.regressor.scale
        distance = F.smooth_l1_loss(off, torch.zeros_like(off), beta=_KNEE, reduction="sum") / known.sum().clamp_min(1)
        return {
            "missing": missing[-1],
            "missing_before": _EARLIER * missing[:-1].sum(),
            "imitation": self.method.imitation * distance,
        }

    def _missing(self, edit: Edit) -> Tensor:
        """Mean loss of what is missing after every pass `(P + 1,)`."""
        less = 1.0 + (edit.request.goal.abs() - _TOLD).clamp_min(0.0)
        rest = [edit.request.missing(self.model.regressor.levels(w)) / less for w in edit.passes]
        return torch.stack([F.smooth_l1_loss(one, torch.zeros_like(one), beta=_KNEE) for one in rest])

    def configure_optimizers(self) -> Any:
        """Adam with a cosine for each half, the second one lower."""
        parameters = list(self.model.trainable_parameters().values())
        optimizer = torch.optim.Adam(parameters, lr=self.rate, betas=(0.9, 0.99))
        half = max(1, self.steps // 2)

        def factor(step: int) -> float:
            return rate_at(step, half, _WARM) if step < half else 0.67 * rate_at(step - half, half, _WARM)

        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}
