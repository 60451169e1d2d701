"""What every method of fine-tuning works with: the generator, the labelled faces, the settings, and the run's folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from ohlora.device import ComputeSettings
from ohlora.errors import DatasetError
from ohlora.finetuning.data import LabelledFaces
from ohlora.finetuning.regressor_training import RegressorTraining
from ohlora.finetuning.sampling import own_latents
from ohlora.finetuning.settings import FinetuneSettings
from ohlora.finetuning.validation import Validation
from ohlora.hub import load_parser
from ohlora.labelling.labeller import Labeller
from ohlora.sliders.conditional import ConditionalConfig, ConditionalGenerator
from ohlora.sliders.latent_regressor import LatentRegressor
from ohlora.sliders.slider import Slider, build_sliders
from ohlora.training.trainer import fit
from stylegan import GeneratorNetwork

FEWEST_LATENTS = 200
"""Labelled faces of the generator itself below which no regressor is worth anything."""


@dataclass(frozen=True)
class Job:
    """A fine-tuning that is about to be done.

    Attributes:
        base: The pretrained generator, frozen, on the device.
        base_name: As its user wrote it.
        data: The labelled faces.
        settings: How.
        compute: Where.
        folder: The run's folder; stages of the training keep their checkpoints in `stages`.
        parser_name: The parser that measures.
        notes: What is worth knowing about the run, a line each; methods add to it.
    """

    base: GeneratorNetwork
    base_name: str
    data: LabelledFaces
    settings: FinetuneSettings
    compute: ComputeSettings
    folder: Path
    parser_name: str
    notes: list[str] = field(default_factory=list)

    @property
    def sliders(self) -> dict[str, Slider]:
        """The sliders by name."""
        return build_sliders(self.settings.attributes)

    def stage(self, name: str) -> Path:
        """The checkpoint of one training among those of a run."""
        return self.folder / "stages" / f"{name}.ckpt"

    def labeller(self) -> Labeller:
        """Measures as the faces were labelled, or with the parser that was asked for."""
        parser = load_parser(self.parser_name, str(self.compute.device))
        return Labeller(parser, self.data.normalizer, self.settings.attributes, self.data.scores_version)

    def validation(self) -> Validation:
        """Measures models and keeps the best in `model`."""
        return Validation(self.labeller(), self.settings, self.folder)

    def new_model(self, config: ConditionalConfig | None = None) -> ConditionalGenerator:
        """A conditional generator before any training, the same for the same seed; `config` stands in for the settings'."""
        torch.manual_seed(self.settings.seed)
        return ConditionalGenerator(
            self.base,
            self.sliders,
            config or self.settings.conditional,
            base_name=self.base_name,
            normalizer=self.data.normalizer,
        ).to(self.compute.device)

    def own_latents(self) -> tuple[Tensor, Tensor]:
        """Latents w `(N, w_dim)` and attributes `(N, K)` of the labelled faces that the generator drew itself.

        Raises:
            DatasetError: They are too few.
        """
        w, attributes = own_latents(self.base, self.data)
        if len(w) < FEWEST_LATENTS:
            raise DatasetError(
                f"expected at least {FEWEST_LATENTS} faces of the generator {self.base_name} among the labelled ones, "
                f"found {len(w)}; make them with ohlora synthesize --model {self.base_name}"
            )
        return w, attributes

    def fit_regressor(self, regressor: LatentRegressor, w: Tensor, attributes: Tensor, name: str) -> None:
        """Fits a regressor, or takes it from its stage's checkpoint where that is complete."""
        module = RegressorTraining(regressor, w, attributes, self.settings)
        fit(module, self.stage(name), module.steps, self.compute, self.folder, name)
        self.notes.append(f"{name} is off by {module.finish():.3f} of the range on held-out faces ({len(w)} in all)")
