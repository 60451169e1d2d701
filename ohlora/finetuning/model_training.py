"""What trainings of a conditional generator have in common: the average of its weights, and checkpoints without the frozen base."""

from __future__ import annotations

from typing import Any

import torch

from ohlora.sliders.conditional import ConditionalGenerator
from ohlora.training.ema import Ema
from ohlora.training.stepped import SteppedModule

_BASE = "model.base."


class ModelTraining(SteppedModule):
    """Trains what `ConditionalGenerator.trainable_parameters` names.

    Args:
        model: The generator with sliders.
        steps: Optimiser steps.
        ema_decay: Decay of the moving average.
        checkpoint_every: Steps between two checkpoints.
    """

    def __init__(
        self,
        model: ConditionalGenerator,
        steps: int,
        ema_decay: float,
        checkpoint_every: int,
    ) -> None:
        super().__init__(steps, checkpoint_every=checkpoint_every)
        self.model = model
        self.ema = Ema(model.trainable_parameters(), ema_decay)

    def after_step(self) -> None:
        """Moves the average of the weights."""
        self.ema.update(self.model.trainable_parameters(), self.step)

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Leaves out the frozen base generator, which lies elsewhere, and of which nothing changes."""
        checkpoint["state_dict"] = {
            name: value for name, value in checkpoint["state_dict"].items() if not name.startswith(_BASE)
        }

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Puts back what `on_save_checkpoint` left out, so that loading stays strict."""
        base = {f"{_BASE}{name}": value for name, value in self.model.base.state_dict().items()}
        checkpoint["state_dict"] = {**base, **checkpoint["state_dict"]}

    @torch.no_grad()
    def finish(self) -> None:
        """Leaves the averaged weights in the model."""
        self.ema.copy_to(self.model.trainable_parameters())
        self.model.passes = self.model.config.passes
