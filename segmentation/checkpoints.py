"""Reading weights files without running code that they might carry."""

import pickle
import re
import warnings
import zipfile
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from segmentation.errors import CheckpointError

_NAMES_CODE = re.compile(r"unsupported (global|class)|unrecognized function|can only build", re.IGNORECASE)
"""What PyTorch's reader says of a pickle that names anything but tensors and plain data."""


def read_checkpoint(path: Path) -> dict[str, Any]:
    """Read a PyTorch file (tensors only) or a safetensors file, onto the CPU.

    Raises:
        CheckpointError: The file is damaged, or holds something else than tensors in dictionaries.
    """
    try:
        if path.suffix == ".safetensors":
            return dict(load_file(path))
        # Mapping leaves what is not asked for (the published FaceXFormer file also holds the optimiser) on the disk.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is refused below is told in one line
            content = torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path))
    except (SafetensorError, pickle.UnpicklingError, RuntimeError, EOFError, OSError, ValueError) as error:
        if _NAMES_CODE.search(str(error)):
            raise CheckpointError(
                f"{path}: holds code besides tensors, which is never run; save its state dict alone, or fetch it again"
            ) from error
        raise CheckpointError(
            f"{path}: not a readable weights file ({_first_line(error)}); fetch it again, or check its sha256"
        ) from error
    if not isinstance(content, dict):
        raise CheckpointError(f"{path}: expected a dictionary of tensors, got {type(content).__name__}")
    return content


def load_strictly(network: nn.Module, state: dict[str, Any], path: Path, *, assign: bool = False) -> None:
    """Load a state dict, every name and shape as expected.

    Raises:
        CheckpointError: Names or shapes differ; the message counts them and shows one.
    """
    expected = {name: tuple(value.shape) for name, value in network.state_dict().items()}
    found = {name: tuple(value.shape) for name, value in state.items() if isinstance(value, Tensor)}
    differences = [
        *(f"{name} is missing" for name in expected.keys() - found.keys()),
        *(f"{name} is not expected" for name in state.keys() - expected.keys()),
        *(
            f"{name} has shape {found[name]} instead of {expected[name]}"
            for name in expected.keys() & found.keys()
            if found[name] != expected[name]
        ),
    ]
    if differences:
        raise CheckpointError(
            f"{path}: does not fit {type(network).__name__}: {len(differences)} of {len(expected)} entries differ, "
            f"for one {min(differences)}"
        )
    network.load_state_dict(state, strict=True, assign=assign)


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__
