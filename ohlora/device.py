"""Where and how precisely networks run: the one meaning of `--device` and `--precision`.

Names go in, `ComputeSettings` come out. What a name means depends on the machine, so it is resolved once, at the start of a
command, and everything after that is handed the resolved settings. `segmentation` imports nothing of `ohlora`: its
`BackendOptions` take a device and a precision that were resolved here.
"""

from __future__ import annotations

import logging
import os
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache

import torch

from ohlora.errors import DeviceError

DEVICES = ("auto", "cpu", "cuda", "mps")
PRECISIONS = ("auto", "fp32", "bf16", "fp16")

_DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
_INSTEAD = "use --device auto or --device cpu"

# The threads of a process do not go with its copy, and a copy that waits for them waits for ever.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=lambda: torch.set_num_threads(1))


@dataclass(frozen=True)
class ComputeSettings:
    """Where and how precisely networks run.

    Attributes:
        device: This process's device.
        dtype: What matrix products and convolutions compute in under `autocast`; weights stay in float32.
        devices: Processes per node, each with its device.
        nodes: Computers.
        progress: Whether bars are shown.
    """

    device: torch.device
    dtype: torch.dtype = torch.float32
    devices: int = 1
    nodes: int = 1
    progress: bool = True

    @classmethod
    def find(
        cls,
        device: str = "auto",
        precision: str = "auto",
        devices: int = 0,
        nodes: int = 1,
        progress: bool = True,
        *,
        training: bool = True,
    ) -> ComputeSettings:
        """Resolves names on this computer.

        Args:
            device: As `resolve_device` takes it.
            precision: As `resolve_precision` takes it.
            devices: Processes per node; 0 for every GPU, or one on the CPU.
            nodes: Computers.
            progress: Whether bars are shown.
            training: As `resolve_precision` takes it.

        Raises:
            DeviceError: The computer has not so many devices, or cannot do what a name asks for.
        """
        found = resolve_device(device)
        gpus = torch.cuda.device_count() if found.type == "cuda" else 0
        if gpus and devices > gpus:
            raise DeviceError(f"expected at most {gpus} devices, which is what this machine has, got {devices}")
        devices = devices or max(gpus, 1)
        # Lightning starts one process per device, and each of them comes by here with its rank.
        if gpus and found.index is None:
            found = torch.device("cuda", _local_rank() % gpus if devices * nodes > 1 else 0)
        dtype = resolve_precision(precision, found, training=training)
        return cls(found, dtype, devices, nodes, progress)

    @property
    def world_size(self) -> int:
        """Processes in all."""
        return self.devices * self.nodes

    @property
    def is_first_process(self) -> bool:
        """Whether this is the process that writes; ranks that another job left in the environment do not count for one alone."""
        if self.world_size == 1:
            return True
        ranks = ["RANK", "NODE_RANK", "LOCAL_RANK"]
        if os.environ.get("SLURM_NTASKS") == str(self.world_size):
            ranks.append("SLURM_PROCID")
        return all(os.environ.get(rank, "0") == "0" for rank in ranks)

    def autocast(self) -> AbstractContextManager[object]:
        """The context in which networks compute in `dtype`."""
        return autocast(self.device, self.dtype)


def _local_rank() -> int:
    rank = os.environ.get("LOCAL_RANK", "0")
    return int(rank) if rank.isdecimal() else 0


def resolve_device(name: str | torch.device = "auto") -> torch.device:
    """Turns a device's name into a device that works on this machine.

    Args:
        name: "auto" (CUDA, else Apple's GPU, else the CPU), "cpu", "cuda", "cuda:1", "mps", or a device.

    Returns:
        The device.

    Raises:
        DeviceError: The name is unknown, or the machine has no such device.
    """
    if str(name) == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "mps" if _has_mps() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError:
        raise DeviceError(f"unknown device {str(name)!r}; choose one of {', '.join(DEVICES)}") from None
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise DeviceError(
            f"device {name} was asked for but torch sees {torch.cuda.device_count()} CUDA devices; {_INSTEAD}"
        )
    if device.type == "mps" and not _has_mps():
        raise DeviceError(f"device {name} was asked for but torch sees no Apple GPU here; {_INSTEAD}")
    if device.type not in DEVICES:
        raise DeviceError(f"device {name} is not supported; choose one of {', '.join(DEVICES)}")
    return device


def _has_mps() -> bool:
    return torch.backends.mps.is_available()


def resolve_precision(name: str = "auto", device: str | torch.device = "cpu", *, training: bool = False) -> torch.dtype:
    """Turns a precision's name into the type that networks compute in.

    "auto" depends on what is computed. Images, labels and measurements are to be the same on every machine: float32. A
    training never repeats to the bit elsewhere anyway: bfloat16 where the hardware multiplies it faster, else float32.

    Args:
        name: "auto", "fp32", "bf16" or "fp16".
        device: The device, as `resolve_device` takes it.
        training: Whether a training asks.

    Returns:
        The type.

    Raises:
        DeviceError: The name is unknown or the device cannot compute in that precision.
    """
    if name != "auto" and name not in _DTYPES:
        raise DeviceError(f"unknown precision {name!r}; choose one of {', '.join(PRECISIONS)}")
    found = resolve_device(device)
    if name == "auto":
        return torch.bfloat16 if training and has_fast_bfloat16(found) else torch.float32
    if name == "fp16" and found.type == "cpu":
        raise DeviceError("precision fp16 needs a GPU; use --precision bf16 or fp32 on the CPU")
    if name == "bf16" and found.type == "cpu" and not has_fast_bfloat16(found):
        _warn_of_emulation()
    return _DTYPES[name]


@cache
def _warn_of_emulation() -> None:
    """Says once in a process that bfloat16 is slow here; without set-up, logging writes it to stderr as one line."""
    logging.getLogger(__name__).warning(
        "this CPU emulates bfloat16, which takes many times as long as float32; --precision fp32 or auto is faster here"
    )


def has_fast_bfloat16(device: torch.device) -> bool:
    """Whether a device multiplies bfloat16 faster than float32.

    A CPU does with AMX or AVX-512's dot products; without them it converts every number, and was 40 times slower.
    """
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    instructions = ("_is_amx_tile_supported", "_is_avx512_bf16_supported")
    return device.type == "cpu" and any(getattr(torch.cpu, name, lambda: False)() for name in instructions)


def autocast(device: torch.device, dtype: torch.dtype) -> AbstractContextManager[object]:
    """Returns the context in which networks compute in `dtype`; it does nothing for float32.

    Args:
        device: Where the networks run.
        dtype: What `resolve_precision` returned.

    Returns:
        A context manager.
    """
    if dtype == torch.float32:
        return nullcontext()
    return torch.autocast(device_type=device.type, dtype=dtype)
