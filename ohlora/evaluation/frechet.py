"""Do conditional images still look like the base generator's? The Frechet distance, relative to the base against itself.

Three sets of equal size: base images of some z (the reference), base images of other z, and those other z with every slider
set to what the model reads of yet another face. The values are thus distributed as they are among base images, and a model
whose sliders did nothing but what they say would come out at about 1. Features are those of the embedded parser
(`ohlora.evaluation.features`), because Inception's weights can't be assumed to be here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ohlora.evaluation.drawing import Drawer
from ohlora.files import replacing
from ohlora.generation.seeds import latents
from ohlora.images.pixels import as_pixels
from ohlora.progress import progress_bar

Features = NDArray[np.float32]

REFERENCE_SEED = 4_100_000_000
OWN_SEED = 4_200_000_000
SETS = ("reference", "base", "conditional")
NO_TORCHMETRICS = "not measured: torchmetrics is not installed (pip install 'ohlora[train]')"
NO_IMAGES = "not measured: no images were asked for"


class FeatureNetwork(Protocol):
    """Maps uint8 images `(B, 3, size, size)` to features `(B, D)`."""

    def __call__(self, images: Tensor) -> Tensor:
        """The features."""
        ...


@dataclass(frozen=True)
class FrechetResult:
    """The distances.

    Attributes:
        conditional: From the reference to images with sliders set.
        base: From the reference to other base images.
        images: How many each set has.
    """

    conditional: float
    base: float
    images: int

    @property
    def relative(self) -> float:
        """How many times as far as the base is from itself."""
        return self.conditional / self.base


@dataclass(frozen=True)
class FeatureSets:
    """Draws the three sets and keeps their features in files, so that a stopped run goes on with the next set.

    Attributes:
        drawer: Draws the images.
        network: Gives the features.
        size: Edge of the images that the network takes.
        count: Images in each set.
        folder: Where the features of conditional images are kept.
        base_folder: Where those of base images are, which models of one base generator share.
    """

    drawer: Drawer
    network: FeatureNetwork
    size: int
    count: int
    folder: Path
    base_folder: Path

    def distance(self, progress: bool = False) -> FrechetResult:
        """Both distances, with a bar if wanted; needs torchmetrics."""
        done = self.count * sum(self._path(name).exists() for name in SETS)
        with progress_bar("frechet distance", "image", len(SETS) * self.count, done, progress) as bar:
            sets = {name: self.features(name, bar.update) for name in SETS}
        base, conditional = (frechet_distance(sets["reference"], sets[name]) for name in ("base", "conditional"))
        return FrechetResult(conditional, base, self.count)

    def features(self, name: str, advance: Callable[[int], object] = int) -> Features:
        """Features `(count, D)` of `reference`, `base` or `conditional`; calls `advance` with the images done."""
        path = self._path(name)
        if path.exists():
            stored: Features = np.load(path, allow_pickle=False)
            return stored
        parts = []
        for part in self._draw(name):
            parts.append(part)
            advance(len(part))
        features = np.concatenate(parts)
        with replacing(path) as temporary, temporary.open("wb") as file:
            np.save(file, features)
        return features

    def _path(self, name: str) -> Path:
        return (self.folder if name == "conditional" else self.base_folder) / f"features-{name}-{self.count}.npy"

    @torch.inference_mode()
    def _draw(self, name: str) -> Iterator[Features]:
        drawer, first_seed = self.drawer, REFERENCE_SEED if name == "reference" else OWN_SEED
        for first in range(0, self.count, drawer.batch_size):
            seeds = range(first_seed + first, first_seed + min(first + drawer.batch_size, self.count))
            sliders: Mapping[str, Tensor] = {}
            if name == "conditional":
                # The faces after these: values come from where no image of the set comes from.
                others = self._latents(range(seeds.start + self.count, seeds.stop + self.count))
                sliders = drawer.model.read(others, truncation_psi=drawer.truncation)
            for images in drawer.draw(self._latents(seeds), sliders):
                yield self.network(as_pixels(images, self.size)).float().cpu().numpy()

    def _latents(self, seeds: range) -> Tensor:
        return torch.from_numpy(latents(seeds, self.drawer.model.z_dim)).to(self.drawer.model.device)


def frechet_distance(reference: Features, other: Features) -> float:
    """Frechet distance (Heusel et al. 2017) of two sets of features `(N, D)`, scaled to unit variance of the first."""
    from torchmetrics.image.fid import FrechetInceptionDistance

    scale = reference.std(axis=0) + 1e-6
    metric: Any = FrechetInceptionDistance(_Given(reference.shape[1]))
    metric.update(torch.from_numpy(reference / scale), real=True)
    metric.update(torch.from_numpy(other / scale), real=False)
    return float(metric.compute())


class _Given(nn.Module):
    """Hands features through, where torchmetrics wants a network."""

    def __init__(self, num_features: int) -> None:
        super().__init__()
        self.num_features = num_features

    def forward(self, features: Tensor) -> Tensor:
        """The features themselves."""
        return features
