"""The baseline `adversarial`: a discriminator that sees the labels trains the mapping network (the first published Oh-LoRA).

Generator and discriminator play the non-saturating game (Goodfellow et al. 2014) with the R1 penalty on labelled faces
(Mescheder et al. 2018). The discriminator's score is the dot product of its outputs with (1, a), a standardised.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from ohlora.finetuning.data import read_images
from ohlora.finetuning.job import Job
from ohlora.finetuning.model_training import ModelTraining
from ohlora.finetuning.sampling import random_faces
from ohlora.finetuning.settings import AdversarialSettings
from ohlora.finetuning.validation import Validation
from ohlora.images.pixels import from_arrays
from ohlora.sliders.conditional import ConditionalGenerator
from ohlora.training.schedule import rate_at, step_random
from ohlora.training.trainer import fit as train

_FAKE, _REAL = 41, 42
_R1 = 5.0
_R1_EVERY = 8


def fit(job: Job) -> ConditionalGenerator:
    """Fits a regressor, so that unset sliders know where they stand, and plays the game.

    Raises:
        DatasetError: Too few of the labelled faces are the generator's own.
    """
    # Feedback would do what the discriminator is to teach.
    model = job.new_model(replace(job.settings.conditional, passes=0))
    job.fit_regressor(model.regressor, *job.own_latents(), "regressor0")
    module = AdversarialTraining(model, job)
    train(module, job.stage("adversarial"), 2 * module.steps, job.compute, job.folder, "adversarial")
    return ConditionalGenerator.from_pretrained(job.folder / "model", job.compute.device)


class AdversarialTraining(ModelTraining):
    """Trains a conditional generator against a discriminator; validation keeps the best weights on the way.

    Args:
        model: Its regressor is fitted.
        job: The run, of the method `adversarial`.
    """

    center: Tensor
    scale: Tensor

    def __init__(self, model: ConditionalGenerator, job: Job) -> None:
        method = job.settings.method
        assert isinstance(method, AdversarialSettings)
        settings = job.settings
        super().__init__(model, method.steps, settings.ema_decay, settings.checkpoint_every)
        self.automatic_optimization = False
        self.settings, self.method = settings, method
        self._validation: Validation = job.validation()
        torch.manual_seed(settings.seed + 3)
        self.discriminator = job.base.new_discriminator(1 + len(model.sliders))
        self.values = job.data.values
        self.complete = np.flatnonzero(~np.isnan(self.values).any(axis=1))
        self.images = read_images(job.data, model.resolution)
        values = self._slider_values(self.complete)
        self.register_buffer("center", values.mean(dim=0))
        self.register_buffer("scale", values.std(dim=0).clamp_min(1e-3))

    def on_train_start(self) -> None:
        """Measures what there is before the first step."""
        if self.step == 0:
            self._validate()

    def after_step(self) -> None:
        """Moves the average of the weights; now and then the labeller measures it."""
        super().after_step()
        if self.step % self.method.validate_every == 0 or self.step == self.steps:
            self._validate()

    def _validate(self) -> None:
        """Lets the first process measure the average, while the others wait."""
        if self.trainer.is_global_zero:
            with self.ema.applied(self.model.trainable_parameters()), torch.no_grad():
                self._validation(self.model, self.step, self.logger)
        self.trainer.strategy.barrier("validation")

    def labels(self, values: Tensor) -> Tensor:
        """What the discriminator is given for slider values `(B, K)`: `(B, 1 + K)`."""
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
        random = step_random(self.settings.seed, _FAKE, self.step)
        z, psi = random_faces(random, self.method.batch, self.model.z_dim, self.settings.truncation)
        wanted = self.rank_share(self._slider_values(random.choice(self.complete, self.method.batch)))
        return self.model(self.rank_share(z), wanted, self.rank_share(psi)), wanted

    def _slider_values(self, faces: NDArray[np.int64]) -> Tensor:
        """Where the sliders of labelled faces stand `(B, K)`."""
        columns = zip(self.model.sliders.values(), self.values[faces].T, strict=True)
        values = [np.clip(slider.values_of(column), slider.low, slider.high) for slider, column in columns]
        return torch.from_numpy(np.stack(values, axis=1)).float()

    def _discriminator_loss(self, fake: Tensor, wanted: Tensor) -> Tensor:
        chosen = step_random(self.settings.seed, _REAL, self.step).choice(self.complete, self.method.batch)
        real, values = self.rank_share(from_arrays(self.images[chosen])), self.rank_share(self._slider_values(chosen))
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
        steps, rate = self.steps, self.method.rate
        optimizers = [
            torch.optim.Adam(list(self.model.trainable_parameters().values()), lr=rate, betas=(0.0, 0.99)),
            torch.optim.Adam(self.discriminator.parameters(), lr=1.5 * rate, betas=(0.0, 0.99)),
        ]
        return optimizers, [
            torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate_at(step, steps)) for optimizer in optimizers
        ]
