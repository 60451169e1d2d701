"""Where a fine-tuning computes, and Lightning's part in it."""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightning as L
import torch
from lightning.pytorch.callbacks import TQDMProgressBar
from lightning.pytorch.loggers import CSVLogger, Logger, TensorBoardLogger
from lightning.pytorch.strategies import DDPStrategy

from ohlora.device import resolve_device
from ohlora.errors import SettingsError
from ohlora.training.stepped import SteppedModule


@dataclass(frozen=True)
class Machine:
    """Where a fine-tuning computes.

    Attributes:
        device: This process's device.
        dtype: What synthesis and predictors compute in; weights stay in float32.
        devices: Processes per node, each with its device.
        nodes: Machines.
        progress: Whether bars are shown.
    """

    device: torch.device
    dtype: torch.dtype = torch.float32
    devices: int = 1
    nodes: int = 1
    progress: bool = True

    @classmethod
    def find(
        cls, device: str = "auto", precision: str = "auto", devices: int = 0, nodes: int = 1, progress: bool = True
    ) -> Machine:
        """Looks at this machine.

        Args:
            device: As `ohlora.device.resolve_device` takes it.
            precision: `auto` (bfloat16 where the hardware multiplies it fast), `fp32` or `bf16`.
            devices: Processes per node; 0 for every GPU, or one on the CPU.
            nodes: Machines.
            progress: Whether bars are shown.
        """
        place = resolve_device(device)
        gpus = torch.cuda.device_count() if place.type == "cuda" else 0
        if gpus and devices > gpus:
            raise SettingsError(f"expected at most {gpus} devices, which is what this machine has, got {devices}")
        # Lightning starts one process per device, and each of them comes by here with its rank.
        if gpus:
            place = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")) % gpus)
        return cls(place, resolve_dtype(precision, place), devices or max(gpus, 1), nodes, progress)

    @property
    def world_size(self) -> int:
        """Processes in all."""
        return self.devices * self.nodes


def resolve_dtype(precision: str, device: torch.device) -> torch.dtype:
    """The type that `precision` means on a device."""
    if precision == "fp32":
        return torch.float32
    if precision == "bf16":
        return torch.bfloat16
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    # AMX or AVX-512's dot products; elsewhere a CPU converts to float32 and back, which is slower than float32.
    fast = (
        getattr(torch.cpu, name, lambda: False)() for name in ("_is_amx_tile_supported", "_is_avx512_bf16_supported")
    )
    return torch.bfloat16 if device.type == "cpu" and any(fast) else torch.float32


def is_first_process() -> bool:
    """Whether this is the process that writes."""
    return os.environ.get("NODE_RANK", "0") == "0" and os.environ.get("LOCAL_RANK", "0") == "0"


def fit(
    module: SteppedModule, checkpoint: Path, optimiser_steps: int, machine: Machine, out: Path, log: str = "sliders"
) -> None:
    """Trains a module to its end, from its checkpoint where there is one.

    Args:
        module: What to train.
        checkpoint: Its checkpoint.
        optimiser_steps: Steps of all its optimisers together.
        machine: Where.
        out: The run's folder; logs go to `logs`.
        log: Name of the log.

    Raises:
        KeyboardInterrupt: After Ctrl-C.
    """
    trainer = _trainer(machine, optimiser_steps, open_log(out, log))
    with warnings.catch_warnings():
        # Batches come from the step's number: there is nothing for loading processes to do, and nothing of theirs to resume.
        warnings.filterwarnings("ignore", message=".*does not have many workers.*|.*dataloader is not resumable.*")
        # The frozen generator is to stay in it.
        warnings.filterwarnings("ignore", message=".*in eval mode at the start of training.*")
        try:
            trainer.fit(module, ckpt_path=checkpoint if checkpoint.exists() else None, weights_only=True)
        except SystemExit:
            if not trainer.interrupted:
                raise
    if trainer.interrupted:
        raise KeyboardInterrupt
    module.to(machine.device)


def _trainer(machine: Machine, steps: int, logger: Logger) -> L.Trainer:
    options: dict[str, Any] = {"strategy": "auto"}
    if machine.world_size > 1:
        backend = "nccl" if machine.device.type == "cuda" else "gloo"
        options["strategy"] = DDPStrategy(process_group_backend=backend, find_unused_parameters=True)
    return L.Trainer(
        accelerator="gpu" if machine.device.type == "cuda" else machine.device.type,
        devices=machine.devices,
        num_nodes=machine.nodes,
        max_steps=steps,
        max_epochs=-1,
        logger=logger,
        log_every_n_steps=10,
        callbacks=[TQDMProgressBar(refresh_rate=10)] if machine.progress else [],
        enable_progress_bar=machine.progress,
        enable_checkpointing=False,
        enable_model_summary=False,
        use_distributed_sampler=False,
        **options,
    )


def open_log(out: Path, log: str) -> Logger:
    """The log of that name in a run's folder: TensorBoard's, or a table where TensorBoard is not installed."""
    try:
        return TensorBoardLogger(out, name="logs", version=log)
    except ModuleNotFoundError:
        return CSVLogger(out, name="logs", version=log)
