"""Writes what a model adds to a generator into one folder with it, which also opens as the plain generator."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from safetensors.torch import save_file
from torch import nn

from ohlora.files import replacing, write_text
from ohlora.labelling.normalization import Normalizer
from stylegan import Generator
from stylegan import save_pretrained as save_generator

CONFIG_FILE = "config.json"
NORMALIZATION_FILE = "normalization.json"


def save_beside_generator(
    model: nn.Module,
    base: Generator,
    normalizer: Normalizer | None,
    folder: str | Path,
    weights_file: str,
    entry: tuple[str, dict[str, Any]],
) -> Path:
    """Write a model and its generator.

    Args:
        model: All of it but what its state calls `base.` goes to `weights_file`.
        base: The generator, which has files of its own.
        normalizer: Goes to `normalization.json`; None for none.
        folder: Made where it is missing.
        weights_file: Name of the safetensors file.
        entry: Key and content of the model's entry in `config.json`.

    Returns:
        The folder.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    entries = {
        name: value.detach().cpu().contiguous()
        for name, value in model.state_dict().items()
        if not name.startswith("base.")
    }
    with replacing(folder / weights_file) as temporary:
        save_file(entries, temporary, metadata={"format": "pt"})
    if normalizer is not None:
        normalizer.save(folder / NORMALIZATION_FILE)
    save_generator(base, folder)
    config = json.loads((folder / CONFIG_FILE).read_text(encoding="utf-8"))
    key, content = entry
    write_text(folder / CONFIG_FILE, json.dumps({**config, key: content}, indent=2) + "\n")
    return folder
