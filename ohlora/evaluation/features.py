"""How good the embedded generator and parser are, against renders that no training has seen.

Distances are taken in the features of the embedded parser's encoder, a network of this project: the mean and the standard
deviation of every level's channels. Each is given as a ratio to what another set of renders gets.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchmetrics.image.fid import FrechetInceptionDistance
from torchmetrics.image.kid import KernelInceptionDistance
from tqdm import tqdm

from ohlora.files import replacing
from ohlora.images.pixels import to_arrays
from ohlora.labelling.labeller import parse_and_score
from ohlora.labelling.scores import ScoreTable
from segmentation import FaceParser
from segmentation.backends.unet import PortraitsBackend
from segmentation.classes import REGIONS, FaceClass
from segmentation.unet.network import PortraitParser
from stylegan import GeneratorNetwork

Images = npt.NDArray[np.uint8]
BATCH = 50
JUDGED = ("eyes", "hair_color", "hair_length", "mouth", "pose")


def encoder_features(levels: list[Tensor]) -> Tensor:
    """Mean and standard deviation (B, 2 * sum of widths) of every channel of every level of the parser's encoder."""
    return torch.cat([value for x in levels for value in (x.mean((2, 3)), x.std((2, 3)))], dim=1)


class ParserFeatures(nn.Module):
    """Features (B, `num_features`) of uint8 images (B, 3, S, S), as torchmetrics' distances take them."""

    def __init__(self, parser: PortraitParser) -> None:
        super().__init__()
        self.parser = parser.eval()
        self.num_features = 2 * sum(parser.config.widths)

    @torch.no_grad()
    def forward(self, images: Tensor) -> Tensor:
        """The features of a batch."""
        return encoder_features(self.parser.encode(images.float() / 127.5 - 1.0))


@dataclass(frozen=True)
class ParsedSet:
    """A set of images as the parser sees them.

    Attributes:
        images: (N, S, S, 3) uint8.
        features: (N, D) float32.
        labels: (N, S, S) uint8, the parser's.
        scores: v3 scores and the gender probability, each (N,).
    """

    images: Images
    features: npt.NDArray[np.float32]
    labels: npt.NDArray[np.uint8]
    scores: dict[str, npt.NDArray[np.float64]]


def _batches(count: int) -> Iterator[slice]:
    for first in range(0, count, BATCH):
        yield slice(first, min(first + BATCH, count))


@torch.no_grad()
def generate(generator: GeneratorNetwork, count: int, seed: int, truncation: float = 1.0) -> Images:
    """`count` images (N, S, S, 3) uint8 of random z."""
    rng = np.random.default_rng(seed)
    images = []
    for part in _batches(count):
        z = torch.from_numpy(rng.standard_normal((part.stop - part.start, generator.z_dim), dtype=np.float32))
        ws = generator.truncate(generator.map(z), truncation)
        images.append(to_arrays(generator.synthesise(ws)))
    return np.concatenate(images)


@torch.no_grad()
def parse(images: Images, parser: PortraitParser) -> ParsedSet:
    """Run the parser and the scores over a set of images (N, S, S, 3) uint8."""
    labelling, parts = FaceParser(PortraitsBackend(parser)), []
    for part in tqdm(list(_batches(len(images))), desc="parse", unit=f"x {BATCH} images"):
        batch = torch.from_numpy(images[part]).permute(0, 3, 1, 2).float() / 127.5 - 1.0
        levels = parser.encode(batch)
        labels = parser.decode(levels).argmax(1).byte().numpy()
        _, table = parse_and_score(labelling, batch, "v3")
        parts.append((encoder_features(levels).numpy(), labels, table))
    whole = ScoreTable.concatenate(table for _, _, table in parts)
    scores = {name: whole.values[name] for name in (*JUDGED, "gender")}
    return ParsedSet(images, np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts]), scores)


def parse_cached(images: Images, parser: PortraitParser, cache: Path) -> ParsedSet:
    """`parse`, or what an earlier call left in `cache`; the caller names one file per set of images and parser."""
    if not cache.exists():
        parsed = parse(images, parser)
        cache.parent.mkdir(parents=True, exist_ok=True)
        with replacing(cache) as path, path.open("wb") as file:
            scores = np.stack([parsed.scores[name] for name in (*JUDGED, "gender")])
            np.savez(file, features=parsed.features, labels=parsed.labels, scores=scores)
        return parsed
    with np.load(cache) as stored:
        named = dict(zip((*JUDGED, "gender"), stored["scores"], strict=True))
        return ParsedSet(images, stored["features"], stored["labels"], named)


class _Identity(nn.Module):
    """Hands features through, where torchmetrics wants a feature network."""

    def __init__(self, num_features: int) -> None:
        super().__init__()
        self.num_features = num_features

    def forward(self, features: Tensor) -> Tensor:
        """The features themselves."""
        return features


def distances(real: npt.NDArray[np.float32], other: npt.NDArray[np.float32]) -> dict[str, float]:
    """Frechet and kernel distance between two sets of features (N, D), scaled to unit variance of `real`.

    Frechet: Heusel et al. 2017; kernel: Binkowski et al. 2018.
    """
    scale = real.std(axis=0) + 1e-6
    a, b = torch.from_numpy(real / scale), torch.from_numpy(other / scale)
    frechet: Any = FrechetInceptionDistance(_Identity(a.shape[1]))
    kernel: Any = KernelInceptionDistance(_Identity(a.shape[1]), subsets=20, subset_size=min(1000, len(a), len(b)))
    for metric in (frechet, kernel):
        metric.update(a, real=True)
        metric.update(b, real=False)
    return {"frechet": float(frechet.compute()), "kernel": float(kernel.compute()[0])}


def precision_recall(real: npt.NDArray[np.float32], other: npt.NDArray[np.float32], k: int = 3) -> dict[str, float]:
    """Improved precision and recall (Kynkäänniemi et al. 2019): shares of one set inside the k-NN balls of the other."""
    scale = real.std(axis=0) + 1e-6
    a, b = torch.from_numpy(real / scale), torch.from_numpy(other / scale)

    def radii(x: Tensor) -> Tensor:
        return torch.cat([torch.cdist(x[s], x).kthvalue(k + 1, dim=1).values for s in _batches(len(x))])

    def covered(x: Tensor, centres: Tensor, radius: Tensor) -> float:
        hits = [(torch.cdist(x[s], centres) <= radius).any(dim=1).float() for s in _batches(len(x))]
        return float(torch.cat(hits).mean())

    return {"precision": covered(b, a, radii(a)), "recall": covered(a, b, radii(b))}


def gradient_magnitude(images: Images, labels: npt.NDArray[np.uint8]) -> dict[str, float]:
    """Mean gradient magnitude of brightness, overall and over eyes, mouth and hair (regions grown by two pixels)."""
    brightness = torch.from_numpy(images.astype(np.float32).mean(axis=-1))
    across = brightness[:, 1:-1, 2:] - brightness[:, 1:-1, :-2]
    down = brightness[:, 2:, 1:-1] - brightness[:, :-2, 1:-1]
    magnitude = 0.5 * (across**2 + down**2).sqrt()
    result = {"overall": float(magnitude.mean())}
    for name in ("eyes", "mouth", "hair"):
        mask = torch.from_numpy(np.isin(labels, REGIONS[name])).float()[:, None]
        region = F.max_pool2d(mask, 5, stride=1, padding=2)[:, 0, 1:-1, 1:-1]
        result[name] = float((magnitude * region).sum() / region.sum().clamp_min(1.0))
    return result


def class_ious(truth: npt.NDArray[np.uint8], guess: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """IoU of every class over two sets of label maps."""
    count = len(FaceClass)
    confusion = np.bincount(truth.ravel().astype(int) * count + guess.ravel(), minlength=count**2).reshape(count, count)
    union = confusion.sum(0) + confusion.sum(1) - np.diag(confusion)
    ious: npt.NDArray[np.float64] = np.diag(confusion) / np.maximum(union, 1)
    return ious


def spreads(real: ParsedSet, other: ParsedSet) -> dict[str, float]:
    """Standard deviation of each score over generated images, as a share of that over renders."""
    names = (*JUDGED, "gender")
    return {name: float(np.nanstd(other.scores[name]) / np.nanstd(real.scores[name])) for name in names}
