"""Where and how precisely networks run: the meaning of `--device` and `--precision`."""

from contextlib import AbstractContextManager, nullcontext

import torch

from ohlora.errors import DeviceError

DEVICES = ("auto", "cpu", "cuda", "mps")
PRECISIONS = ("auto", "fp32", "bf16", "fp16")

_DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


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


_INSTEAD = "use --device auto or --device cpu"


def _has_mps() -> bool:
    return torch.backends.mps.is_available()


def resolve_precision(name: str = "auto", device: str | torch.device = "cpu") -> torch.dtype:
    """Turns a precision's name into the type that networks compute in.

    Weights stay in float32; the precision is that of matrix products and convolutions under `autocast`.

    Args:
        name: "auto", "fp32", "bf16" or "fp16". "auto" is float32 everywhere: labels and images are to be the same on
            every machine, and half precision is a choice.
        device: The device, as `resolve_device` takes it.

    Returns:
        The type.

    Raises:
        DeviceError: The name is unknown or the device cannot compute in that precision.
    """
    if name == "auto":
        return torch.float32
    if name not in _DTYPES:
        raise DeviceError(f"unknown precision {name!r}; choose one of {', '.join(PRECISIONS)}")
    if name == "fp16" and resolve_device(device).type == "cpu":
        raise DeviceError("precision fp16 needs a GPU; use --precision bf16 or fp32 on the CPU")
    return _DTYPES[name]


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
