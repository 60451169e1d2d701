"""A whole fine-tuning, from the labelled folder to the model; a stopped one goes on with the same call."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from ohlora.device import ComputeSettings
from ohlora.errors import SettingsError
from ohlora.files import command_text, remove_unfinished, write_text
from ohlora.finetuning.data import LabelledFaces, read_labelled_faces
from ohlora.finetuning.job import Job
from ohlora.finetuning.methods import FIT
from ohlora.finetuning.settings import FinetuneSettings
from ohlora.finetuning.validation import Validation, describe_figures
from ohlora.generation.loaded_model import fingerprint
from ohlora.hub import load_generator, resolve_model, weights_file
from ohlora.hub.resolve import MODEL_SUBFOLDER
from ohlora.sliders.slider_model import SliderModel
from ohlora.training.trainer import open_log

SETTINGS_FILE = "settings.json"


@dataclass(frozen=True)
class FinetuneSummary:
    """What a run did.

    Attributes:
        folder: The run's folder.
        seconds: Duration of this call.
        figures: What the labeller measured of the model that was kept.
        notes: What else is worth knowing, a line each.
    """

    folder: Path
    seconds: float
    figures: Mapping[str, float]
    notes: tuple[str, ...]

    def lines(self) -> list[str]:
        """What was done and what comes next, for people."""
        return [
            *self.notes,
            *describe_figures(self.figures),
            f"model in {self.folder / MODEL_SUBFOLDER}, after {self.seconds:.0f} s",
            f"next: {command_text('ohlora', 'evaluate', self.folder)}",
        ]


class FinetuningRun:
    """One fine-tuning in its folder.

    Args:
        data: Folder of labelled faces.
        base: Name or path of the generator.
        out: The run's folder.
        settings: How it runs.
        compute: Where it runs.
        parser: A parser's name or folder to measure with; None for the one that labelled the data.

    Raises:
        DatasetError: The folder is not labelled, or says nothing about an attribute.
        MissingModelError: The generator is not on this machine.
    """

    def __init__(
        self,
        data: Path,
        base: str,
        out: Path,
        settings: FinetuneSettings,
        compute: ComputeSettings,
        parser: str | None = None,
    ) -> None:
        self.base_weights = fingerprint(weights_file(resolve_model(base)))
        faces = read_labelled_faces(data, settings.attributes, self.base_weights)
        # Channels last is a quarter faster on a CPU.
        generator = load_generator(base).to(compute.device).to(memory_format=torch.channels_last)
        self.job = Job(generator, base, faces, settings, compute, out, parser or faces.parser)

    @property
    def data(self) -> LabelledFaces:
        """The labelled faces."""
        return self.job.data

    def run(self) -> FinetuneSummary:
        """Does what is not done yet."""
        started, job = time.monotonic(), self.job
        self._claim()
        model = FIT[job.settings.method_name](job)
        validation = job.validation()
        if not validation.history():
            self._measure(validation, model)
        best = min(validation.history().values(), key=lambda figures: figures["score"])
        return FinetuneSummary(job.folder, time.monotonic() - started, best, tuple(job.notes))

    def _measure(self, validation: Validation, model: SliderModel) -> None:
        """Lets the labeller measure a model that was not measured while it was trained, and keeps it."""
        if self.job.compute.is_first_process:
            log = open_log(self.job.folder, "validation")
            validation(model, 0, log)
            log.finalize("success")
        if torch.distributed.is_initialized():
            torch.distributed.barrier()

    def _claim(self) -> None:
        """Writes down what the run is, and refuses a folder in which another one was begun."""
        job = self.job
        job.folder.mkdir(parents=True, exist_ok=True)
        content = {
            "base": job.base_name,
            "base_weights": self.base_weights,
            "data": str(job.data.folder.resolve()),
            "faces": len(job.data),
            "labels": job.data.digest,
            "settings": job.settings.to_dict(),
        }
        path = job.folder / SETTINGS_FILE
        text = json.dumps(content, indent=2) + "\n"
        if path.exists() and path.read_text(encoding="utf-8") != text:
            found = json.loads(path.read_text(encoding="utf-8"))
            differing = _differences(found, json.loads(text))
            raise SettingsError(
                f"{job.folder} holds a run with other settings ({', '.join(differing)}); choose another --out, or remove it"
            )
        if job.compute.is_first_process:
            remove_unfinished(job.folder)
            write_text(path, text)


def _differences(found: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    flat_found, flat_wanted = _flat(found), _flat(wanted)
    keys = [key for key in flat_wanted if flat_found.get(key) != flat_wanted[key]]
    return [f"{key} {flat_found.get(key)} there, {flat_wanted[key]} here" for key in keys]


def _flat(content: dict[str, Any]) -> dict[str, Any]:
    """The entries of nested dictionaries by their own names."""
    flat: dict[str, Any] = {}
    for key, value in content.items():
        flat |= _flat(value) if isinstance(value, dict) else {key: value}
    return flat
