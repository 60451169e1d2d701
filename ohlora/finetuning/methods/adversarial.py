"""The rival that has no predictor: a discriminator that sees the labels (the first published version of Oh-LoRA).

Generator and discriminator play the non-saturating game (Goodfellow et al. 2014) with the R1 penalty on labelled faces
(Mescheder et al. 2018). The discriminator's score is the dot product of its outputs with (1, a), a standardised.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ohlora.finetuning.data import LabelledFaces
from ohlora.finetuning.sampling import random_faces
from ohlora.finetuning.settings import FinetuneSettings
from ohlora.finetuning.slider_training import FinetuningModule, Validation
from ohlora.sliders.conditional import ConditionalGenerator
from ohlora.training.schedule import rate_at, step_random
from stylegan import Discriminator, DiscriminatorConfig, Generator

_FAKE, _REAL = 41, 42
_R1 = 5.0
_R1_EVERY = 8


class AdversarialTraining(FinetuningModule):
    """The method `adversarial`.

    Args:
        model: The generator with sliders, its readout trained.
        data: Labelled faces at the generator's resolution.
        settings: The run's settings.
        validate: See `FinetuningModule`.
        checkpoint: Where the state is saved.
    """

    center: Tensor
    scale: Tensor

    def __init__(
        self,
        model: ConditionalGenerator,
        data: LabelledFaces,
        settings: FinetuneSettings,
        validate: Validation | None = None,
        checkpoint: Path | None = None,
    ) -> None:
        super().__init__(model, settings, validate, torch.float32, checkpoint)
        self.automatic_optimization = False
        torch.manual_seed(settings.seed + 3)
        self.discriminator = Discriminator(discriminator_config(model.base, len(model.sliders)))
        complete = np.flatnonzero(~np.isnan(data.values).any(axis=1))
        self.data, self.complete = data, complete
        values = torch.from_numpy(data.values[complete])
        self.register_buffer("center", values.mean(dim=0))
        self.register_buffer("scale", values.std(dim=0).clamp_min(1e-3))

    def labels(self, values: Tensor) -> Tensor:
        """What the discriminator is given for attributes `(B, K)`: `(B, 1 + K)`."""
        return torch.cat([torch.ones_like(values[:, :1]), (values - self.center) / self.scale], dim=1)

    def training_step(self, _: Tensor) -> None:
        """A step of the discriminator and one of the generator; both batches follow from the step."""
        for_generator, for_discriminator = self.optimizers()  # type: ignore[attr-defined]
        fake, wanted = self._fake()
        loss = self._discriminator_loss(fake.detach(), wanted)
        for_discriminator.zero_grad()
        self.manual_backward(loss)
        for_discriminator.step()
        self.discriminator.requires_grad_(False)
        game = F.softplus(-self.discriminator(fake, self.labels(wanted))).mean()
        for_generator.zero_grad()
        self.manual_backward(game)
        for_generator.step()
        self.discriminator.requires_grad_(True)
        for schedule in self.lr_schedulers():  # type: ignore[union-attr]
            schedule.step()
        self.log_dict({"loss/discriminator": loss.detach(), "loss/generator": game.detach()}, prog_bar=True)

    def _fake(self) -> tuple[Tensor, Tensor]:
        settings = self.settings
        z, psi = random_faces(settings, _FAKE, self.step, settings.batch, self.model.z_dim)
        chosen = step_random(settings.seed, _FAKE + 1000, self.step).choice(self.complete, settings.batch)
        wanted = self.mine(torch.from_numpy(self.data.values[chosen]))
        return self.model(self.mine(z), wanted, self.mine(psi)), wanted

    def _discriminator_loss(self, fake: Tensor, wanted: Tensor) -> Tensor:
        chosen = step_random(self.settings.seed, _REAL, self.step).choice(self.complete, self.settings.batch)
        real, values = (self.mine(part) for part in self.data.tensors(chosen))
        penalised = self.step % _R1_EVERY == 0
        real.requires_grad_(penalised)
        scores = self.discriminator(real, self.labels(values))
        loss = F.softplus(-scores).mean() + F.softplus(self.discriminator(fake, self.labels(wanted))).mean()
        if penalised:
            (slope,) = torch.autograd.grad(scores.sum(), real, create_graph=True)
            loss = loss + 0.5 * _R1 * _R1_EVERY * slope.square().sum(dim=(1, 2, 3)).mean()
        return loss

    def configure_optimizers(self) -> Any:
        """Two Adams with a cosine, without momentum, as is usual for this game."""
        steps, rate = self.settings.steps, self.settings.rate
        optimizers = [
            torch.optim.Adam(list(self.model.trainable_parameters().values()), lr=rate, betas=(0.0, 0.99)),
            torch.optim.Adam(self.discriminator.parameters(), lr=1.5 * rate, betas=(0.0, 0.99)),
        ]
        return optimizers, [
            torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate_at(step, steps)) for optimizer in optimizers
        ]


def discriminator_config(base: Generator, sliders: int) -> DiscriminatorConfig:
    """Sizes of the discriminator that belongs to a generator; its batches may have any size."""
    config = base.config
    return DiscriminatorConfig(
        config.resolution, config.fmaps_base, config.fmaps_max, config.image_channels, 1 + sliders, minibatch_group=0
    )
