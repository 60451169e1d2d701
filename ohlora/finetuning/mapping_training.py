"""Trains the mapping network of a conditional generator on random latents and requests; no picture is drawn.

The frozen regressor says which levels of the w that comes out are missing, for the sliders that are set and for those that are to
stay. In the first half of the steps the network answers in one pass; in the second half its answer goes through the feedback
passes, with the gradient through all of them: it learns to respond to a move of one level by one level, which is what feedback
needs. The distance that w moves is a cost as well, because the shortest way changes least else.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ohlora.finetuning.model_training import ModelTraining
from ohlora.finetuning.sampling import random_faces, random_requests
from ohlora.finetuning.settings import FinetuneSettings, LatentSettings
from ohlora.sliders.conditional import ConditionalGenerator, Edit
from ohlora.training.schedule import rate_at, step_random

_STREAM = 21
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


class MappingTraining(ModelTraining):
    """Trains what `ConditionalGenerator.trainable_parameters` names, from the weights that it has.

    Args:
        model: Its regressor is fitted.
        settings: The run's settings, of the method `latent`.
        steps: Optimiser steps.
        rate: Learning rate at its highest.
        stream: Other trainings of one run see other faces.
    """

    def __init__(
        self,
        model: ConditionalGenerator,
        settings: FinetuneSettings,
        steps: int,
        rate: float,
        stream: int = 0,
    ) -> None:
        super().__init__(model, steps, settings.ema_decay, max(1, steps // _CHECKPOINTS))
        if not isinstance(settings.method, LatentSettings):
            raise TypeError(f"expected settings of the method latent, got {settings.method_name}")
        self.rate, self.settings, self.method, self.stream = rate, settings, settings.method, _STREAM + 100 * stream
        sliders = list(model.sliders.values())
        self.weights = np.array([1.0 if slider.max_logit is None else _STEEP for slider in sliders])

    def training_step(self, _: Tensor) -> Tensor:
        """One batch; which one follows from the step."""
        losses = self.losses(*(self.rank_share(part) for part in self.batch()))
        self.log_dict({name: value.detach() for name, value in losses.items()}, prog_bar=True)
        return torch.stack(list(losses.values())).sum()

    def batch(self) -> tuple[Tensor, Tensor, Tensor]:
        """What the step trains on: z `(B, z_dim)`, slider values `(B, K)`, truncations `(B, 1)`."""
        random = step_random(self.settings.seed, self.stream, self.step)
        count, sliders = self.method.batch, list(self.model.sliders.values())
        z, psi = random_faces(random, count, self.model.z_dim, self.settings.truncation)
        return z, random_requests(random, count, sliders, self.weights), psi

    def losses(self, z: Tensor, values: Tensor, psi: Tensor) -> dict[str, Tensor]:
        """The loss's terms, weighted; arguments as `batch` gives them."""
        model = self.model
        model.passes = model.config.passes if 2 * self.step >= self.steps else 0
        edit = model.edits(z, values, psi)
        missing = self._missing(edit)
        distance = ((edit.passes[-1] - edit.own) / model.regressor.scale).square().mean()
        return {
            "missing": missing[-1],
            "missing_before": _EARLIER * missing[:-1].sum(),
            "distance": self.method.distance * distance,
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
