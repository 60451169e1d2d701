"""The judge: draws and measures ramps of a model and its rivals on the same faces, and writes down what came out.

Results of a few faces at a time go to files as soon as they are known, under a name that depends on everything they depend
on: a stopped run goes on with the same command, and one with more ramps only adds the new ones.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from tqdm import tqdm

from ohlora.device import resolve_precision
from ohlora.errors import OhloraError, SettingsError
from ohlora.evaluation.drawing import Drawer
from ohlora.evaluation.frechet import NO_IMAGES, NO_TORCHMETRICS, FeatureSets, FrechetResult
from ohlora.evaluation.identity import IdentityNetwork
from ohlora.evaluation.ramps import Ramps, images_per_face, measure_ramps
from ohlora.evaluation.settings import EvaluationSettings
from ohlora.evaluation.summary import AttributeResult, means, summarise
from ohlora.files import remove_unfinished, write_text
from ohlora.generation.seeds import format_seeds
from ohlora.labelling.labeller import LabelPath, widths
from ohlora.labelling.normalization import Normalizer
from ohlora.progress import describe_rate, progress_bar
from ohlora.sliders.slider import Slider
from ohlora.sliders.slider_model import NamedSliderModel
from ohlora.version import __version__
from segmentation import FaceParser
from segmentation.unet.network import PortraitParser

FORMAT = "ohlora evaluation 1"
REPORT_JSON = "report.json"
REPORT_HTML = "report.html"
PARTS = "parts"


@dataclass(frozen=True)
class Instruments:
    """What the judge measures with.

    Attributes:
        parser: The label path's parser.
        identity: The identity network, or None: identity is then not measured.
        features: Gives the features of the Frechet distance; None leaves it out.
    """

    parser: FaceParser
    identity: IdentityNetwork | None = None
    features: PortraitParser | None = None


@dataclass(frozen=True)
class ModelResult:
    """How well one model's sliders work.

    Attributes:
        model: What was judged.
        attributes: The figures by slider.
        frechet: The Frechet distances, or why there are none.
        ramps: What was measured.
        seconds: How long this run took for it.
    """

    model: NamedSliderModel
    attributes: Mapping[str, AttributeResult]
    frechet: FrechetResult | str
    ramps: Ramps
    seconds: float

    def content(self) -> dict[str, Any]:
        """As JSON."""
        frechet = (
            {**asdict(self.frechet), "relative": self.frechet.relative}
            if isinstance(self.frechet, FrechetResult)
            else self.frechet
        )
        overall = {name: None if np.isnan(value) else value for name, value in means(self.attributes).items()}
        return {
            "name": self.model.name,
            "weights": self.model.fingerprint,
            "attributes": {name: result.content() for name, result in self.attributes.items()},
            "means": overall,
            "frechet": frechet,
        }


@dataclass(frozen=True)
class Evaluation:
    """Everything that a report tells; the first result is the judged model's, the others are its rivals'."""

    settings: EvaluationSettings
    results: Sequence[ModelResult]
    asked: Mapping[str, NDArray[np.float64]]
    measured_names: tuple[str, ...]
    label_path: LabelPath
    identity: IdentityNetwork | None

    def content(self) -> dict[str, Any]:
        """As JSON."""
        calibration = self.identity.calibration if self.identity is not None else None
        return {
            "format": FORMAT,
            "version": __version__,
            "seeds": format_seeds(self.settings.seeds),
            "ramps": len(self.settings.seeds),
            "steps": self.settings.steps,
            "truncation": self.settings.truncation,
            "parser": self.label_path.parser.name,
            "scores": self.label_path.version,
            "asked": {name: values.tolist() for name, values in self.asked.items()},
            "measured": list(self.measured_names),
            "identity_calibration": asdict(calibration) if calibration else None,
            "models": [result.content() for result in self.results],
        }


def evaluate(
    model: NamedSliderModel,
    settings: EvaluationSettings,
    instruments: Instruments,
    out: str | Path,
    rivals: Sequence[NamedSliderModel] = (),
    *,
    progress: bool = True,
) -> Evaluation:
    """Judge a model's sliders, and rivals on the same faces with the same measure.

    Args:
        model: What is judged; its normalisation says what its sliders mean.
        settings: How.
        instruments: With what.
        out: Folder that gets `report.json`, and in `parts/` the results of every few faces.
        rivals: Other models; sliders that they lack are left out of their part.
        progress: Whether bars with the rate and the time left are shown.

    Raises:
        OhloraError: The model has no saved normalisation or no such slider, or the folder cannot be written.
    """
    folder = Path(out)
    asked = slider_values(model.model.sliders, settings)
    normalizer = _normalizer(model)
    names = tuple(name for name in model.model.sliders if name in normalizer.columns)
    path = LabelPath(instruments.parser, normalizer, names, settings.scores)
    run = _Run(settings, instruments, path, folder / PARTS, progress)
    results = [run.judge(one, asked) for one in (model, *rivals)]
    evaluation = Evaluation(settings, results, asked, names, path, instruments.identity)
    write_text(folder / REPORT_JSON, json.dumps(evaluation.content(), indent=1, allow_nan=False) + "\n")
    return evaluation


def slider_values(sliders: Mapping[str, Slider], settings: EvaluationSettings) -> dict[str, NDArray[np.float64]]:
    """The values `(S,)` of every slider's ramp, from its lowest to its highest.

    Raises:
        SettingsError: An attribute has no slider.
    """
    for name in settings.attributes:
        if name not in sliders:
            raise SettingsError(f"the model has no slider {name!r}; it has: {', '.join(sliders)}")
    chosen = settings.attributes or tuple(sliders)
    return {name: np.linspace(sliders[name].low, sliders[name].high, settings.steps) for name in chosen}


class _Run:
    """Judges one model after the other."""

    def __init__(
        self, settings: EvaluationSettings, instruments: Instruments, path: LabelPath, parts: Path, progress: bool
    ) -> None:
        self._settings = settings
        self._instruments = instruments
        self._path = path
        self._parts = parts
        self._progress = progress
        # Everything but the model that a measurement depends on.
        self._common = [
            _digest(instruments.parser), path.version, path.names, sorted(asdict(path.normalizer)["columns"].items()),
            _digest(instruments.identity), settings.truncation, settings.batch_size, settings.precision,
        ]  # fmt: skip

    def judge(self, model: NamedSliderModel, asked: Mapping[str, NDArray[np.float64]]) -> ModelResult:
        """Draw, measure and summarise."""
        started = time.monotonic()
        values = {name: column for name, column in asked.items() if name in model.model.sliders}
        if not values:
            raise OhloraError(f"{model.name} has none of the sliders {', '.join(asked)}; leave it out of --against")
        wanted, dtype = self._settings, resolve_precision(self._settings.precision, model.model.device)
        drawer = Drawer.of(model.model, wanted.truncation, wanted.batch_size, dtype, wanted.compiled)
        ramps = self._ramps(model, drawer, values)
        sizes = widths(self._path.names, self._path.normalizer)
        results = summarise(ramps, values, self._path.names, sizes)
        return ModelResult(model, results, self._frechet(model, drawer), ramps, time.monotonic() - started)

    def _ramps(self, model: NamedSliderModel, drawer: Drawer, values: Mapping[str, NDArray[np.float64]]) -> Ramps:
        folder = self._folder(model, {name: column.tolist() for name, column in values.items()})
        seeds, size = self._settings.seeds, self._settings.chunk
        chunks = [seeds[first : first + size] for first in range(0, len(seeds), size)]
        paths = [folder / f"ramps-{_hash(chunk)}.npz" for chunk in chunks]
        done = sum(len(chunk) for chunk, path in zip(chunks, paths, strict=True) if path.exists())
        with self._bar(model, len(seeds), done, images_per_face(values)) as bar:
            for chunk, path in zip(chunks, paths, strict=True):
                if not path.exists():
                    measure, embed = self._path.measure, self._instruments.identity
                    measure_ramps(drawer, chunk, values, measure, embed, bar.update).save(path)
        return Ramps.concatenate([Ramps.load(path) for path in paths])

    def _bar(self, model: NamedSliderModel, faces: int, done: int, each: int) -> tqdm[Any]:
        return progress_bar(f"judge {model.name}", "image", faces * each, done * each, self._progress)

    def _frechet(self, model: NamedSliderModel, drawer: Drawer) -> FrechetResult | str:
        features = self._instruments.features
        if features is None or not self._settings.frechet_images:
            return NO_IMAGES
        if importlib.util.find_spec("torchmetrics") is None:
            return NO_TORCHMETRICS
        from ohlora.evaluation.features import ParserFeatures

        sets = FeatureSets(
            drawer,
            ParserFeatures(features),
            features.config.size,
            self._settings.frechet_images,
            self._folder(model, _digest(features)),
        )
        return sets.distance(self._progress)

    def _folder(self, model: NamedSliderModel, what: object) -> Path:
        folder = self._parts / _hash([model.fingerprint, what, self._common])
        folder.mkdir(parents=True, exist_ok=True)
        remove_unfinished(folder)
        return folder


def _normalizer(model: NamedSliderModel) -> Normalizer:
    if model.model.normalizer is None:
        raise OhloraError(
            f"expected normalization.json in {model.folder}: without it nobody knows what a slider's value stands for; "
            "fine-tune from a folder that `ohlora label` has labelled"
        )
    return model.model.normalizer


def describe(evaluation: Evaluation) -> list[str]:
    """How fast it was."""
    images = sum(r.ramps.measured[..., 0].size + len(r.ramps.own) for r in evaluation.results)
    return [describe_rate(images, sum(result.seconds for result in evaluation.results), "images")]


def _digest(network: FaceParser | nn.Module | None) -> str:
    """Fingerprint of a network's weights; a parser that is none of ours counts by its name."""
    module = getattr(network.backend, "network", None) if isinstance(network, FaceParser) else network
    if not isinstance(module, nn.Module):
        return getattr(network, "name", "none")
    digest = hashlib.sha256()
    for name, value in module.state_dict().items():
        digest.update(name.encode() + value.detach().cpu().contiguous().to(torch.float32).numpy().tobytes())
    return digest.hexdigest()[:16]


def _hash(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
