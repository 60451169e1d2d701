"""From a file to what lies in it, by its first bytes and not by its name: PyTorch's formats, safetensors, NVLabs's pickles.

Only tensors and plain data are ever read: pickled code is refused.
"""

from __future__ import annotations

import argparse
import re
import warnings
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from stylegan.checkpoints.data_pickle import read_data_pickle
from stylegan.checkpoints.nvlabs import networks_of_pickle
from stylegan.errors import CheckpointError

ZIP_MAGIC = b"PK\x03\x04"
# A pickle of protocol 2 that holds the number by which PyTorch told its files before they were zip archives.
OLD_MAGIC = bytes.fromhex("80028a0a6cfc9c46f9206aa85019")
PICKLE_PROTOCOLS = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")

_NAMES_CODE = re.compile(r"unsupported (global|class)|unrecognized function|can only build", re.IGNORECASE)
"""What PyTorch's reader says of a pickle that names anything but tensors and plain data."""


def read_container(path: Path) -> Any:
    """What a checkpoint file holds.

    Args:
        path: The file.

    Returns:
        The object that was saved; of a pickle of NVLabs a dictionary of `PickledNetwork`.

    Raises:
        CheckpointError: When the file is missing, unreadable, or holds objects that may run code.
    """
    if not path.is_file():
        raise CheckpointError(f"expected a checkpoint file at {path}, found {'a folder' if path.is_dir() else 'none'}")
    with path.open("rb") as file:
        head = file.read(len(OLD_MAGIC))
    if path.suffix == ".safetensors" or (head[8:9] == b"{" and not head.startswith(ZIP_MAGIC)):
        return _read_safetensors(path)
    if head.startswith(PICKLE_PROTOCOLS) and head != OLD_MAGIC:
        return networks_of_pickle(read_data_pickle(path), path)
    return _read_torch(path)


def _read_safetensors(path: Path) -> Any:
    try:
        return load_file(path, device="cpu")
    except (SafetensorError, OSError) as error:
        raise CheckpointError(_unreadable(path, "safetensors")) from error


def _read_torch(path: Path) -> Any:
    try:
        # Training runs keep their options as a namespace, which holds values and no code.
        with torch.serialization.safe_globals([argparse.Namespace]), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is refused below is told in one line
            return torch.load(path, map_location="cpu", weights_only=True)
    # A damaged file can fail at any step of the unpickler, with any kind of error.
    except Exception as error:
        if _NAMES_CODE.search(str(error)):
            raise CheckpointError(
                f"{path} holds code besides tensors, which is never run; save its state dicts alone, as "
                "torch.save({'generator_smooth': model.state_dict()}, path)"
            ) from error
        raise CheckpointError(_unreadable(path, "PyTorch weights")) from error


def _unreadable(path: Path, kind: str) -> str:
    return f"{path} is not a readable {kind} file: it is damaged, cut off or something else; fetch or save it again"
