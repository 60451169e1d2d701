"""Lightning's part in every training: a module goes in, and comes out trained; a stopped one goes on from its checkpoint."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import lightning as L
from lightning.fabric.plugins.environments.cluster_environment import ClusterEnvironment
from lightning.fabric.plugins.environments.lightning import LightningEnvironment
from lightning.fabric.utilities.rank_zero import rank_zero_only
from lightning.pytorch.callbacks import Callback, TQDMProgressBar
from lightning.pytorch.loggers import CSVLogger, Logger, TensorBoardLogger
from lightning.pytorch.strategies import DDPStrategy

from ohlora.device import ComputeSettings
from ohlora.training.stepped import SteppedModule

# Batches come from the step's number: there is nothing for loading processes to do, and nothing of theirs to resume. What is
# frozen is to stay in evaluation mode, and a step that diverged says so itself. The last is Lightning's own affair with torch.
_EXPECTED = (
    *("does not have many workers", "dataloader is not resumable", "`IterableDataset` has `__len__` defined"),
    *("in eval mode at the start of training", "`training_step` returned `None`", "LeafSpec"),
)


class NamedProgressBar(TQDMProgressBar):
    """Lightning's bar with the training's name in front, where it counts epochs: there is but one.

    Args:
        name: What is trained.
    """

    def __init__(self, name: str) -> None:
        super().__init__(refresh_rate=10)
        self._name = name

    def on_train_epoch_start(self, trainer: L.Trainer, *arguments: Any) -> None:
        """Names the bar."""
        super().on_train_epoch_start(trainer, *arguments)
        self.train_progress_bar.set_description(self._name)

    def get_metrics(self, *arguments: Any) -> dict[str, Any]:
        """The losses, without the version that Lightning's logger gave the run."""
        metrics = super().get_metrics(*arguments)
        return {name: value for name, value in metrics.items() if name != "v_num"}


def fit(
    module: SteppedModule,
    checkpoint: Path,
    optimiser_steps: int,
    compute: ComputeSettings,
    out: Path,
    log: str = "sliders",
) -> None:
    """Trains a module to its last step, from its checkpoint where there is one.

    Args:
        module: What to train; left on the device of `compute`.
        checkpoint: Where its state is saved and found.
        optimiser_steps: Steps of all its optimisers together.
        compute: Where it is trained.
        out: The run's folder; logs go to `logs`.
        log: Name of the log.

    Raises:
        KeyboardInterrupt: After Ctrl-C.
    """
    module.checkpoint = checkpoint
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    with _quiet():
        trainer = L.Trainer(
            **_options(compute),
            max_steps=optimiser_steps,
            max_epochs=-1,
            logger=open_log(out, log),
            log_every_n_steps=10,
            callbacks=[NamedProgressBar(log)] if compute.progress else [],
            enable_progress_bar=compute.progress,
        )
        _run(trainer, module, checkpoint if checkpoint.exists() else None)
    module.to(compute.device)


def fit_epochs(
    module: L.LightningModule, epochs: int, compute: ComputeSettings, callbacks: Sequence[Callback] = ()
) -> None:
    """Trains a module that is done in minutes for some epochs, or until a callback stops it; nothing is logged or saved.

    Args:
        module: What to train; it brings its own loaders, and validates after each epoch.
        epochs: At most so many.
        compute: Where it is trained.
        callbacks: What else happens meanwhile.

    Raises:
        KeyboardInterrupt: After Ctrl-C.
    """
    with _quiet():
        trainer = L.Trainer(
            **_options(compute),
            max_epochs=epochs,
            logger=False,
            callbacks=list(callbacks),
            enable_progress_bar=False,
            num_sanity_val_steps=0,
        )
        _run(trainer, module, None)


def _run(trainer: L.Trainer, module: L.LightningModule, checkpoint: Path | None) -> None:
    try:
        trainer.fit(module, ckpt_path=checkpoint, weights_only=True)
    except SystemExit:
        if not trainer.interrupted:
            raise
    if trainer.interrupted:
        raise KeyboardInterrupt


def _options(compute: ComputeSettings) -> dict[str, Any]:
    strategy: Any = "auto"
    if compute.world_size > 1:
        backend = "nccl" if compute.device.type == "cuda" else "gloo"
        strategy = DDPStrategy(process_group_backend=backend, find_unused_parameters=True)
    return {
        "plugins": _environment(compute),
        "accelerator": "gpu" if compute.device.type == "cuda" else compute.device.type,
        "devices": compute.devices,
        "num_nodes": compute.nodes,
        "strategy": strategy,
        "enable_checkpointing": False,
        "enable_model_summary": False,
        "use_distributed_sampler": False,
    }


def _environment(compute: ComputeSettings) -> ClusterEnvironment | None:
    """Lightning's own launcher where nothing else started this run's processes; None for what Lightning finds.

    Commands run inside jobs of clusters whose variables (of SLURM, torchrun, MPI, ...) say nothing about them.
    """
    if compute.world_size == 1:
        rank_zero_only.rank = 0  # type: ignore[attr-defined]
    foreign = os.environ.get("SLURM_NTASKS", str(compute.world_size)) != str(compute.world_size)
    return LightningEnvironment() if compute.world_size == 1 or foreign else None


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps Lightning from telling about devices and workers, many times in a run."""
    loggers = [logging.getLogger(name) for name in ("lightning.pytorch", "lightning.pytorch.utilities.rank_zero")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            for message in _EXPECTED:
                warnings.filterwarnings("ignore", message=f".*{message}.*")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def open_log(out: Path, log: str) -> Logger:
    """The log of that name in a run's folder: TensorBoard's, or a table where TensorBoard is not installed."""
    try:
        return TensorBoardLogger(out, name="logs", version=log)
    except ModuleNotFoundError:
        return CSVLogger(out, name="logs", version=log)
