"""The step-counted training that every training here is: resumable at every checkpoint, which is whole or absent.

A step's batch is a function of the step's number, so the data loader yields nothing but a count, and the state of a run is its
weights, its optimiser and that number.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import lightning as L
import torch
from torch import Tensor
from torch.utils.data import DataLoader


class SteppedModule(L.LightningModule):
    """A training whose batches are functions of the step, so that a resumed run sees what it would have seen.

    Args:
        steps: Steps of the whole training.
        checkpoint: Where the state is saved; None for where `fit` is told to.
        checkpoint_every: Steps between two checkpoints; there is one at the end as well.
    """

    steps_done: Tensor

    def __init__(self, steps: int, checkpoint: Path | None = None, checkpoint_every: int = 250) -> None:
        super().__init__()
        self.steps, self.checkpoint, self.checkpoint_every = steps, checkpoint, checkpoint_every
        self.register_buffer("steps_done", torch.zeros((), dtype=torch.int64))
        self.step = 0

    def rank_share(self, tensor: Tensor) -> Tensor:
        """This rank's share of a step's batch, on its device."""
        return tensor[self.global_rank :: self.trainer.world_size].to(self.device)

    def on_fit_start(self) -> None:
        """Takes the step from the checkpoint that was loaded, if there was one."""
        self.step = int(self.steps_done)

    def on_train_batch_end(self, *_: Any) -> None:
        """Counts, does what `after_step` says, and then saves: a checkpoint never lacks a part of its step."""
        self.step += 1
        self.steps_done.fill_(self.step)
        self.after_step()
        if self.checkpoint is not None and (self.step % self.checkpoint_every == 0 or self.step == self.steps):
            self.save(self.checkpoint)

    def after_step(self) -> None:
        """What a training does after each step, of which `step` is the number, counted from 1."""

    def save(self, path: Path) -> None:
        """Writes a checkpoint beside the old one and then in its place; every process has to call it."""
        temporary = path.with_name(f".{path.name}.unfinished")
        self.trainer.save_checkpoint(temporary)
        if self.trainer.is_global_zero:
            os.replace(temporary, path)
        self.trainer.strategy.barrier("checkpoint")

    def train_dataloader(self) -> DataLoader[int]:
        """Nothing but a count: batches are drawn by the steps themselves."""
        return DataLoader(range(10**9), batch_size=None)  # type: ignore[arg-type]
