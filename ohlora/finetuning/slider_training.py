"""Trains the sliders: predictors read edited faces, and everything else about them is asked to stay.

That G(z, a) is G(z) for unmoved sliders needs no loss: the model is built so.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from lightning.fabric.loggers.logger import Logger
from torch import Tensor

from ohlora.device import autocast
from ohlora.finetuning.losses import coarse_difference, feature_difference, target_and_keep
from ohlora.finetuning.predictor import AttributePredictor
from ohlora.finetuning.sampling import random_faces, random_targets
from ohlora.finetuning.settings import FinetuneSettings
from ohlora.sliders.conditional import ConditionalGenerator
from ohlora.training.ema import WeightAverage
from ohlora.training.schedule import rate_at
from ohlora.training.stepped import SteppedModule

_PURPOSE = 21

Validation = Callable[[ConditionalGenerator, int, Logger | None], object]


class FinetuningModule(SteppedModule):
    """What all methods that train sliders have in common: the model, the average of its weights, validations.

    Args:
        model: The generator with sliders.
        settings: The run's settings.
        validate: Measures the averaged model after a step, and logs it; called by the first process only, None for never.
        dtype: What synthesis and predictors compute in.
        checkpoint: Where the state is saved.
    """

    def __init__(
        self,
        model: ConditionalGenerator,
        settings: FinetuneSettings,
        validate: Validation | None = None,
        dtype: torch.dtype = torch.float32,
        checkpoint: Path | None = None,
    ) -> None:
        super().__init__(settings.steps, checkpoint, settings.checkpoint_every)
        self.model, self.settings, self.dtype_used = model, settings, dtype
        self.average = WeightAverage(model.trainable_parameters(), settings.average_decay)
        self._validate = validate

    def on_train_start(self) -> None:
        """Measures what there is before the first step: the readout alone may do better than steps on images."""
        if self.step == 0:
            self.validate()

    def after_step(self) -> None:
        """Moves the average; now and then the label path measures it."""
        self.average.update(self.model.trainable_parameters(), self.step)
        if self.step % self.settings.validate_every == 0 or self.step == self.steps:
            self.validate()

    def validate(self) -> None:
        """Lets the first process measure the average, while the others wait."""
        if self._validate is None:
            return
        if self.trainer.is_global_zero:
            with self.average.applied(self.model.trainable_parameters()), torch.no_grad():
                self._validate(self.model, self.step, self.logger)
        self.trainer.strategy.barrier("validation")

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Leaves the frozen base generator out: it lies in the run's folder already."""
        checkpoint["state_dict"] = {
            name: value for name, value in checkpoint["state_dict"].items() if not name.startswith("model.base.")
        }

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Puts back what `on_save_checkpoint` left out, so that loading stays strict."""
        base = {f"model.base.{name}": value for name, value in self.model.base.state_dict().items()}
        checkpoint["state_dict"] = {**base, **checkpoint["state_dict"]}


class SliderTraining(FinetuningModule):
    """The method `predictor`.

    Args:
        model: The generator with sliders, its readout trained.
        predictors: Frozen; not saved with the checkpoints.
        settings: The run's settings.
        validate: See `FinetuningModule`.
        dtype: What synthesis and predictors compute in.
        checkpoint: Where the state is saved.
    """

    def __init__(
        self,
        model: ConditionalGenerator,
        predictors: list[AttributePredictor],
        settings: FinetuneSettings,
        validate: Validation | None = None,
        dtype: torch.dtype = torch.float32,
        checkpoint: Path | None = None,
    ) -> None:
        super().__init__(model, settings, validate, dtype, checkpoint)
        # In a tuple, so that neither checkpoints nor the optimiser see them.
        self._predictors = tuple(predictor.eval().requires_grad_(False) for predictor in predictors)

    def on_fit_start(self) -> None:
        """Brings the predictors to the device as well."""
        super().on_fit_start()
        for predictor in self._predictors:
            predictor.to(self.device)

    def training_step(self, _: Tensor) -> Tensor:
        """One batch; which one follows from the step."""
        settings, sliders = self.settings, list(self.model.sliders.values())
        z, psi = random_faces(settings, _PURPOSE, self.step, settings.batch, self.model.z_dim)
        wanted = self.mine(random_targets(settings, _PURPOSE, self.step, len(z), sliders))
        edits = self.model.edits(self.mine(z), wanted, self.mine(psi))
        with autocast(self.device, self.dtype_used):
            images = self.model.base.synthesis(edits["ws"])
            with torch.no_grad():
                before = self.model.base.synthesis(self.model.base.truncate(edits["w"], 1.0))
            losses = self.read_losses(images, before, wanted)
        losses["z_move"] = edits["z_move"].square().sum(dim=1).mean()
        losses["w_move"] = (edits["w_move"] / self.model.readout.scale).square().mean()
        losses["pixel"] = coarse_difference(images.float(), before.float())
        weights = vars(settings.loss)
        total = torch.stack([weights[name] * value.float() for name, value in losses.items()]).sum()
        self.log_dict({f"loss/{name}": value.detach() for name, value in losses.items()})
        self.log("loss/total", total.detach(), prog_bar=True)
        return total

    def read_losses(self, images: Tensor, before: Tensor, wanted: Tensor) -> dict[str, Tensor]:
        """What the predictors say of edited and unedited images `(B, 3, R, R)`, averaged over the predictors."""
        span = self.model.readout.high - self.model.readout.low
        found: list[tuple[Tensor, Tensor, Tensor]] = []
        for predictor in self._predictors:
            read, features = predictor(images)
            with torch.no_grad():
                read_before, features_before = predictor(before)
            target, keep = target_and_keep(read.float(), read_before.float(), wanted, span)
            found.append((target, keep, feature_difference(features.float(), features_before.float())))
        target, keep, feature = (torch.stack(values).mean() for values in zip(*found, strict=True))
        return {"target": target, "keep": keep, "feature": feature}

    def configure_optimizers(self) -> Any:
        """Adam with a cosine."""
        optimizer = torch.optim.Adam(list(self.model.trainable_parameters().values()), lr=self.settings.rate)
        steps = self.settings.steps
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate_at(step, steps))
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}
