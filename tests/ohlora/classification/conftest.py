"""Faces that a network of a second can tell apart: the answer is 1 where the middle is brighter than the rest."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ohlora.classification.settings import ClassifierSettings, NetworkConfig
from ohlora.device import ComputeSettings

CPU = ComputeSettings(torch.device("cpu"))
COUNT, SIZE = 90, 32


def settings(**changes: object) -> ClassifierSettings:
    """Settings of a training of a second."""
    network = NetworkConfig(size=SIZE, widths=(8, 16), hidden=8, dropout=0.0)
    defaults = {"label": "gender", "column": "label_gender", "folds": 3, "epochs": 4, "batch": 16, "steps": 8}
    return ClassifierSettings(**{**defaults, "network": network, "rate": 0.01, **changes})  # type: ignore[arg-type]


@pytest.fixture
def faces(tmp_path: Path) -> Path:
    """90 answered faces and 10 without an answer."""
    folder = tmp_path / "faces"
    folder.mkdir()
    rng = np.random.default_rng(0)
    rows = ["file_name,label_gender,truth"]
    for number in range(COUNT + 10):
        answer = int(rng.random() < 0.4)
        pixels = rng.integers(60, 120, (SIZE, SIZE, 3), dtype=np.uint8)
        pixels[8:24, 8:24] += np.uint8(70 * answer)
        Image.fromarray(pixels).save(folder / f"{number:03d}.png")
        rows.append(f"{number:03d}.png,{answer if number < COUNT else ''},{answer}")
    (folder / "metadata.csv").write_text("\n".join(rows) + "\n")
    return folder
