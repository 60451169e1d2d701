"""A whole fine-tuning, from the labelled folder to the model; a stopped one goes on with the same call."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import nn

from ohlora.errors import DatasetError, SettingsError
from ohlora.files import remove_unfinished, replacing, write_text
from ohlora.finetuning.coverage import CoverageFaces, draw_coverage, slider_errors, with_coverage
from ohlora.finetuning.data import LabelledFaces, read_labelled_faces
from ohlora.finetuning.methods.adversarial import AdversarialTraining
from ohlora.finetuning.predictor import AttributePredictor, predictor_configs
from ohlora.finetuning.predictor_training import PredictorTraining
from ohlora.finetuning.readout_training import ReadoutTraining, average_directions
from ohlora.finetuning.sampling import own_latents, random_faces
from ohlora.finetuning.settings import FinetuneSettings
from ohlora.finetuning.slider_training import FinetuningModule, SliderTraining
from ohlora.finetuning.validation import LabelPathValidation, describe_figures, measure_ramps
from ohlora.generation.loaded_model import fingerprint
from ohlora.hub import load_generator, load_parser, resolve_model, weights_file
from ohlora.labelling.labeller import LabelPath
from ohlora.sliders.conditional import ConditionalGenerator
from ohlora.sliders.directions import DirectionModel, calibrate, fit_directions
from ohlora.sliders.latent_regressor import Readout
from ohlora.sliders.slider import build_sliders
from ohlora.training.trainer import Machine, fit, is_first_process, open_log
from stylegan import Generator

SETTINGS_FILE = "settings.json"
MODEL = "model"
LAST = "last.ckpt"
_PREPARED = "prepared.safetensors"
_FEWEST_LATENTS = 200
_CALIBRATION, _CALIBRATION_FACES = 51, 24


@dataclass(frozen=True)
class FinetuneSummary:
    """What a run did.

    Attributes:
        folder: The run's folder.
        seconds: Duration of this call.
        figures: What the label path measured of the model that was kept.
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
            f"model in {self.folder / MODEL}, after {self.seconds:.0f} s",
            f"next: ohlora evaluate {self.folder}",
        ]


class FinetuningRun:
    """One fine-tuning in its folder.

    Args:
        data: Folder of labelled faces.
        base: Name or path of the generator.
        out: The run's folder.
        settings: How it runs.
        machine: Where it runs.
        parser: A parser's name or folder for the label path; None for the one that labelled the data.
    """

    def __init__(
        self, data: Path, base: str, out: Path, settings: FinetuneSettings, machine: Machine, parser: str | None = None
    ) -> None:
        self.out, self.settings, self.machine, self.base_name = out, settings, machine, base
        self.notes: list[str] = []
        place = resolve_model(base)
        self.base_weights = fingerprint(weights_file(place))
        self.base: Generator = load_generator(base)
        self.sliders = build_sliders(settings.attributes)
        whole = settings.method == "adversarial"
        size = self.base.config.resolution if whole else min(settings.predictor_size, self.base.config.resolution)
        self.data: LabelledFaces = read_labelled_faces(data, settings.attributes, size, self.base_weights)
        self.parser_name = parser or self.data.parser

    def run(self) -> FinetuneSummary:
        """Does what is not done yet."""
        started = time.monotonic()
        self._claim()
        self.base.to(self.machine.device).to(memory_format=torch.channels_last)  # a quarter faster on a CPU
        if self.settings.method == "directions":
            self._directions()
        elif self.settings.steps:
            module = self._module()
            fit(module, self.out / LAST, self.settings.steps * (2 if self._adversarial else 1), self.machine, self.out)
        else:
            self._measure(self._prepared(self._rounds()))
        history = self._validation().history()
        best = min(history.values(), key=lambda figures: figures["score"])
        return FinetuneSummary(self.out, time.monotonic() - started, best, tuple(self.notes))

    def _measure(self, model: ConditionalGenerator) -> None:
        """Lets the label path measure a model that is not trained on images, and keeps it."""
        if is_first_process():
            log = open_log(self.out, "sliders")
            self._validation()(model, 0, log)
            log.finalize("success")
        if torch.distributed.is_initialized():
            torch.distributed.barrier()

    @property
    def _adversarial(self) -> bool:
        return self.settings.method == "adversarial"

    def _claim(self) -> None:
        """Writes down what the run is, and refuses a folder in which another one was begun."""
        self.out.mkdir(parents=True, exist_ok=True)
        (self.out / "predictors").mkdir(exist_ok=True)
        content = {
            "base": self.base_name,
            "base_weights": self.base_weights,
            "data": str(self.data.folder),
            "faces": len(self.data),
            "settings": self.settings.to_dict(),
        }
        path = self.out / SETTINGS_FILE
        text = json.dumps(content, indent=2) + "\n"
        if path.exists() and path.read_text(encoding="utf-8") != text:
            found = json.loads(path.read_text(encoding="utf-8"))
            differing = _differences(found, json.loads(text))
            raise SettingsError(
                f"{self.out} holds a run with other settings ({', '.join(differing)}); choose another --out, or remove it"
            )
        if is_first_process():
            remove_unfinished(self.out)
            write_text(path, text)

    def label_path(self) -> LabelPath:
        """The label path that the faces were labelled by, or the one that was asked for."""
        parser = load_parser(self.parser_name, str(self.machine.device))
        return LabelPath(parser, self.data.normalizer, self.settings.attributes, self.data.scores_version)

    def _validation(self) -> LabelPathValidation:
        return LabelPathValidation(self.label_path(), self.settings, self.out)

    def _module(self) -> FinetuningModule:
        settings, machine = self.settings, self.machine
        validate = self._validation()
        if self._adversarial:
            model = self._prepared([])
            return AdversarialTraining(model, self.data, settings, validate, self.out / LAST)
        rounds = self._rounds()
        model = self._prepared(rounds)
        predictors = self._predictors(with_coverage(self.data, rounds))
        return SliderTraining(model, predictors, settings, validate, machine.dtype, self.out / LAST)

    def _rounds(self) -> list[CoverageFaces]:
        """Further labelled faces, each round drawn by sliders that have learned from those before."""
        rounds: list[CoverageFaces] = []
        for number in range(self.settings.coverage_rounds):
            path = self.out / "coverage" / f"round{number}.npz"
            if not path.exists():
                one = draw_coverage(
                    self._learned(rounds, needed=False),
                    self.label_path(),
                    self.settings,
                    number,
                    self.data.images.shape[1],
                    self.machine.dtype,
                    slider_errors(rounds[-1], list(self.sliders.values())) if rounds else None,
                    progress=self.machine.progress and is_first_process(),
                )
                if is_first_process():
                    path.parent.mkdir(exist_ok=True)
                    one.save(path)
            else:
                one = CoverageFaces.load(path)
            rounds.append(one)
        return rounds

    def _predictors(self, data: LabelledFaces) -> list[AttributePredictor]:
        size = data.images.shape[1]
        return [self._predictor(index, data) for index, _ in enumerate(predictor_configs(size, self.settings.seed))]

    def _predictor(self, index: int, data: LabelledFaces) -> AttributePredictor:
        config = predictor_configs(data.images.shape[1], self.settings.seed)[index]
        weights = self.out / "predictors" / f"predictor{index}.safetensors"
        checkpoint = weights.with_suffix(".ckpt")
        module = PredictorTraining(
            config, self.settings, data, list(self.sliders.values()), self.machine.dtype, checkpoint
        )
        if weights.exists():
            module.predictor.load_state_dict(load_file(weights), strict=True)
        else:
            fit(module, checkpoint, self.settings.predictor_steps, self.machine, self.out, f"predictor{index}")
            self._save(module.predictor, weights)
        errors = module.held_out_errors()
        worst = ", ".join(f"{name} {error:.3f}" for name, error in errors.items())
        self.notes.append(f"predictor {index} is off on held-out faces by: {worst}")
        return module.predictor.to(self.machine.device).eval()

    def _prepared(self, rounds: list[CoverageFaces]) -> ConditionalGenerator:
        """The model with its readout."""
        path = self.out / _PREPARED
        if path.exists():
            model = self._new_model()
            model.load_sliders(load_file(path, device=str(self.machine.device)), path)
            return model
        model = self._learned(rounds, needed=True)
        self._save(model, path, without="base.")
        return model

    def _new_model(self) -> ConditionalGenerator:
        torch.manual_seed(self.settings.seed)
        return ConditionalGenerator(
            self.base,
            self.sliders,
            self.settings.conditional,
            base_name=self.base_name,
            normalizer=self.data.normalizer,
        ).to(self.machine.device)

    def _learned(self, rounds: list[CoverageFaces], needed: bool) -> ConditionalGenerator:
        """A new model whose readout has learned from latents, the same for the same faces.

        Args:
            rounds: Further faces beside those of the folder.
            needed: Whether too few faces are an error; else the sliders then do nothing yet.
        """
        settings, model = self.settings, self._new_model()
        w, values = own_latents(self.base, self.data)
        w = torch.cat([w, *(torch.from_numpy(one.w).to(w.device) for one in rounds)])
        values = torch.cat([values, *(torch.from_numpy(one.values).to(w.device) for one in rounds)])
        if len(w) < _FEWEST_LATENTS and needed:
            raise self._too_few(len(w))
        if len(w) < _FEWEST_LATENTS:
            return model
        self._train_readout(model.readout, w, values, f"readout{len(rounds)}")
        if not self._adversarial:
            model.directions.copy_(average_directions(model, settings.seed))
        return model

    def _train_readout(self, readout: Readout, w: torch.Tensor, values: torch.Tensor, name: str) -> None:
        checkpoint = self.out / "readouts" / f"{name}.ckpt"
        checkpoint.parent.mkdir(exist_ok=True)
        module = ReadoutTraining(readout, w, values, self.settings, checkpoint)
        fit(module, checkpoint, self.settings.readout_steps, self.machine, self.out, name)
        error = module.finish()
        self.notes.append(f"{name} is off by {error:.3f} of the range on held-out faces ({len(w)} in all)")

    def _too_few(self, found: int) -> DatasetError:
        return DatasetError(
            f"expected at least {_FEWEST_LATENTS} faces of the generator {self.base_name} among the labelled ones, "
            f"found {found}; make them with ohlora synthesize --model {self.base_name}"
        )

    def _save(self, module: nn.Module, path: Path, without: str = "\0") -> None:
        if not is_first_process():
            return
        entries = {
            name: value.detach().cpu().contiguous()
            for name, value in module.state_dict().items()
            if not name.startswith(without)
        }
        with replacing(path, durable=True) as temporary:
            save_file(entries, temporary)

    def _directions(self) -> None:
        """Finds directions, calibrates them by the label path, and measures them; minutes, so done anew after a stop."""
        settings = self.settings
        model = DirectionModel(self.base, self.sliders, base_name=self.base_name, normalizer=self.data.normalizer)
        model.to(self.machine.device)
        w, values = own_latents(self.base, self.data)
        if len(w) < _FEWEST_LATENTS:
            raise self._too_few(len(w))
        self._train_readout(model.readout, w, values, "readout0")
        label_path = self.label_path()
        z, _ = random_faces(settings, _CALIBRATION, 0, _CALIBRATION_FACES, model.z_dim)
        candidates: dict[str, tuple[dict[str, float], torch.Tensor]] = {}
        for name, orthogonal in (("plain", False), ("orthogonal", True)):
            found = fit_directions(w.cpu().numpy(), values.cpu().numpy(), orthogonal=orthogonal)
            model.directions.copy_(torch.from_numpy(found))
            for _ in range(2):
                calibrate(model, z.to(model.device), label_path.measure)
            figures, _sheet = measure_ramps(model, label_path, settings)
            candidates[name] = figures, model.directions.clone()
        best = min(candidates, key=lambda name: candidates[name][0]["score"])
        figures, directions = candidates[best]
        model.directions.copy_(directions)
        model.save_pretrained(self.out / MODEL)
        self.notes.append(f"kept the {best} directions")
        write_text(self.out / "validation.json", json.dumps({"0": figures}, indent=2) + "\n")


def _differences(found: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    flat_found, flat_wanted = ({**values, **values["settings"]} for values in (found, wanted))
    keys = [key for key in flat_wanted if key != "settings" and flat_found.get(key) != flat_wanted[key]]
    return [f"{key} {flat_found.get(key)} there, {flat_wanted[key]} here" for key in keys]


def machine_lines(machine: Machine) -> list[str]:
    """Where a run would compute."""
    return [f"{name}: {value}" for name, value in asdict(machine).items()]
