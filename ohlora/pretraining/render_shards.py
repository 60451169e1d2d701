"""Training sets of rendered portraits: shards written by `scripts/render_training_set.py`, held in memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from scipy.special import ndtri
from torch import Tensor
from torch.utils.data import Dataset

from ohlora.errors import OhloraError
from ohlora.portraits import CORE_NAMES, TRUTH_NAMES


class PortraitShards(Dataset[dict[str, Tensor]]):
    """All portraits of a folder of shards.

    Attributes:
        images: (N, S, S, 3) uint8.
        labels: (N, S, S) uint8, classes 0..10.
        coordinates: (N, 46) float32, normal scores of the uniform numbers behind each `core` portrait.
        truth: (N, 6) float32 in the order of `TRUTH_NAMES`.

    Raises:
        OhloraError: the folder holds no shard.
    """

    def __init__(self, *folders: Path, limit: int | None = None) -> None:
        paths = [path for folder in folders for path in sorted(Path(folder).glob("*.npz"))][:limit]
        if not paths:
            raise OhloraError(
                f"no shards (*.npz) in {folders[0]}; make them with: python -m scripts.render_training_set"
            )
        with np.load(paths[0]) as first:
            count, size = first["images"].shape[:2]
        total = count * len(paths)
        self.images = np.empty((total, size, size, 3), dtype=np.uint8)
        self.labels = np.empty((total, size, size), dtype=np.uint8)
        self.coordinates = np.empty((total, len(CORE_NAMES)), dtype=np.float32)
        self.truth = np.empty((total, len(TRUTH_NAMES)), dtype=np.float32)
        for i, path in enumerate(paths):
            part = slice(i * count, (i + 1) * count)
            with np.load(path) as shard:
                self.images[part], self.labels[part] = shard["images"], shard["labels"]
                self.coordinates[part], self.truth[part] = ndtri(shard["uniform"].clip(1e-5, 1 - 1e-5)), shard["truth"]

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        """One portrait: image (3, S, S) uint8, labels (S, S) uint8, coordinates (46,), truth (6,)."""
        return {
            "image": torch.from_numpy(self.images[index]).permute(2, 0, 1),
            "labels": torch.from_numpy(self.labels[index]),
            "coordinates": torch.from_numpy(self.coordinates[index]),
            "truth": torch.from_numpy(self.truth[index]),
        }

    def __getitems__(self, indices: list[int]) -> list[dict[str, Tensor]]:
        """A batch of portraits."""
        return [self[i] for i in indices]
