"""Draws, measures and keeps: every few faces' results are a file whose name holds all that they depend on.

Faces are divided into chunks and chunks into files, so that a stopped run loses a chunk at most and several processes can share the
work without talking to each other: a chunk that has its file is done, whoever did it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from dataclasses import asdict
from pathlib import Path

import torch
from torch import nn

from ohlora.device import resolve_precision
from ohlora.evaluation.drawing import Drawer
from ohlora.evaluation.frechet import NO_IMAGES, NO_TORCHMETRICS, FeatureSets, FrechetResult
from ohlora.evaluation.measuring_models import MeasuringModels
from ohlora.evaluation.ramps import Asked, Ramps, images_per_face, measure_ramps
from ohlora.evaluation.settings import EvaluationSettings
from ohlora.files import remove_unfinished
from ohlora.generation.loaded_model import LoadedModel
from ohlora.labelling.labeller import Labeller
from ohlora.progress import progress_bar
from ohlora.sliders.slider_model import SliderModel
from segmentation import FaceParser


class Parts:
    """The results of an evaluation, in a folder.

    Args:
        settings: How sliders are evaluated.
        measuring: With what.
        path: The labeller.
        folder: Where the files are.
        progress: Whether bars are shown.
    """

    def __init__(
        self, settings: EvaluationSettings, measuring: MeasuringModels, path: Labeller, folder: Path, progress: bool
    ) -> None:
        self.settings, self.path = settings, path
        self._measuring, self._parts, self._progress = measuring, folder, progress
        # Everything but the model and the truncation that a measurement depends on.
        self._common = [
            digest(measuring.parser), path.version, path.names, sorted(asdict(path.normalizer)["columns"].items()),
            digest(measuring.identity), settings.batch_size, settings.precision,
        ]  # fmt: skip

    def ramps(self, model: LoadedModel[SliderModel], truncation: float, seeds: tuple[int, ...], asked: Asked) -> Ramps:
        """What was measured of a model; what is missing is drawn first.

        Args:
            model: What is evaluated.
            truncation: psi of the faces.
            seeds: The Z faces.
            asked: What is drawn of each of them.
        """
        what = [[(name, values.tolist()) for name, values in asked.ramps], asked.sliders, truncation]
        folder = self._folder([model.fingerprint, what])
        chunks = _chunks(seeds, asked, self.settings.chunk)
        paths = [folder / f"ramps-{_hash([chunk, part.together.tolist()])}.npz" for chunk, part in chunks]
        drawer = self._drawer(model, truncation)
        done = sum(len(chunk) for (chunk, _), path in zip(chunks, paths, strict=True) if path.exists())
        each = images_per_face(asked)
        title = f"{model.name}, truncation {truncation:g}"
        with progress_bar(title, "image", len(seeds) * each, done * each, self._progress) as bar:
            for (chunk, part), path in zip(chunks, paths, strict=True):
                if not path.exists():
                    measure, embed = self.path.measure, self._measuring.identity
                    measure_ramps(drawer, chunk, part, measure, embed, bar.update).save(path)
        return Ramps.concatenate([Ramps.load(path) for path in paths])

    def frechet(self, model: LoadedModel[SliderModel], truncation: float) -> FrechetResult | str:
        """The Frechet distances of a model, or why there are none."""
        features = self._measuring.features
        if features is None or not self.settings.frechet_images:
            return NO_IMAGES
        if importlib.util.find_spec("torchmetrics") is None:
            return NO_TORCHMETRICS
        from ohlora.evaluation.features import ParserFeatures

        what = [digest(features), truncation]
        # Unedited faces are the base generator's, which baselines usually share.
        base = getattr(model.network, "base", None)
        sets = FeatureSets(
            self._drawer(model, truncation),
            ParserFeatures(features),
            features.config.size,
            self.settings.frechet_images,
            self._folder([model.fingerprint, what]),
            self._folder([digest(base) if base is not None else model.fingerprint, "base", what]),
        )
        return sets.distance(self._progress)

    def _drawer(self, model: LoadedModel[SliderModel], truncation: float) -> Drawer:
        wanted, dtype = self.settings, resolve_precision(self.settings.precision, model.network.device)
        return Drawer.of(model.network, truncation, wanted.batch_size, dtype, wanted.compiled)

    def _folder(self, what: object) -> Path:
        folder = self._parts / _hash([what, self._common])
        folder.mkdir(parents=True, exist_ok=True)
        remove_unfinished(folder)
        return folder


def _chunks(seeds: tuple[int, ...], asked: Asked, size: int) -> list[tuple[tuple[int, ...], Asked]]:
    """Faces that are saved together, and what is asked of them."""
    return [
        (seeds[first : first + size], Asked(asked.ramps, asked.together[first : first + size], asked.sliders))
        for first in range(0, len(seeds), size)
    ]


def digest(network: FaceParser | nn.Module | None) -> str:
    """Fingerprint of a network's weights; a parser that is none of ours counts by its name."""
    module = getattr(network.backend, "network", None) if isinstance(network, FaceParser) else network
    if not isinstance(module, nn.Module):
        return getattr(network, "name", "none")
    state = hashlib.sha256()
    for name, value in module.state_dict().items():
        state.update(name.encode() + value.detach().cpu().contiguous().to(torch.float32).numpy().tobytes())
    return state.hexdigest()[:16]


def _hash(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
