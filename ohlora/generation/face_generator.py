"""`FaceGenerator`: faces with sliders, for people who want pictures.

    from ohlora import FaceGenerator

    generator = FaceGenerator.from_pretrained("portraits")
    generator.generate(seed=7, mouth=0.9, pose=-0.4).save("face.png")

On one machine a picture depends on the model, the seed, the sliders and the truncation alone, whatever else is drawn with it,
for the reason that `ohlora.generation.drawing` tells: the networks run on one face at a time on a CPU, and elsewhere on eight.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self, Unpack

import numpy as np
import torch
from huggingface_hub import ModelCard, ModelHubMixin
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from ohlora.device import resolve_device
from ohlora.errors import ModelError, SettingsError
from ohlora.generation.model_card import model_card_text, report_beside
from ohlora.generation.seeds import check_seed, latents
from ohlora.hub import HubOptions
from ohlora.images.contact_sheet import SheetStyle, contact_sheet
from ohlora.images.pixels import from_arrays, to_arrays
from ohlora.labelling.labeller import LabelPath
from ohlora.labelling.normalization import Normalizer
from ohlora.sliders.slider import Slider, describe_sliders
from ohlora.sliders.slider_model import NamedSliderModel
from segmentation import FaceParser

DEFAULT_TRUNCATION = 0.7
_GROUP = 8


class FaceGenerator(ModelHubMixin, library_name="ohlora", tags=["face-generation", "stylegan"], license="mit"):
    """Draws faces whose attributes are set by sliders.

    Example:
        >>> generator = FaceGenerator.from_pretrained("portraits")  # doctest: +SKIP
        >>> generator.generate(seed=7, mouth=[0.0, 0.5, 1.0])  # doctest: +SKIP
        [<PIL.Image...>, <PIL.Image...>, <PIL.Image...>]
    """

    # An empty one of our own keeps the mixin from copying the networks into a configuration.
    _hub_mixin_config: dict[str, Any] | None = {}  # noqa: RUF012 - never written to

    def __init__(self, named_model: NamedSliderModel) -> None:
        """Take over a model; `from_pretrained` opens one by name."""
        self._named = named_model

    @classmethod
    def from_pretrained(  # type: ignore[override]
        cls, name: str | Path = "portraits", *, device: str = "auto", **hub: Unpack[HubOptions]
    ) -> Self:
        """Open a generator with sliders.

        Args:
            name: `portraits` or another name of the catalogue, a model folder, a run of `ohlora finetune`, a published
                checkpoint, or a repository of Hugging Face such as `someone/faces`, which is fetched.
            device: As `ohlora.device.resolve_device` takes it.
            **hub: For a repository: `revision`, `token`, `cache_dir`, `force_download`, `local_files_only`.

        Raises:
            MissingModelError: There is no such model.
            ModelError: It has no sliders.
        """
        return cls(NamedSliderModel.load(name, resolve_device(device), **hub))

    @property
    def name(self) -> str:
        """The model as its user wrote it."""
        return self._named.name

    @property
    def fingerprint(self) -> str:
        """Twelve hexadecimal digits that stand for all weights."""
        return self._named.fingerprint

    @property
    def named_model(self) -> NamedSliderModel:
        """The model with its name and fingerprint, for what builds on it."""
        return self._named

    @property
    def sliders(self) -> dict[str, Slider]:
        """The sliders by name."""
        return dict(self._named.model.sliders)

    def generate(
        self, seed: int | ArrayLike = 0, *, truncation: float = DEFAULT_TRUNCATION, **sliders: float | ArrayLike
    ) -> Image.Image | list[Image.Image]:
        """Draw faces.

        Args:
            seed: Whose face: one seed, or several.
            truncation: psi: 1 for the model's full variety, 0 for its average face.
            **sliders: A value, or several, by the slider's name. What is not set stays where that face has it.

        Returns:
            One picture where seed and values are single numbers, else a list; several seeds and values go together
            one by one, and single ones go with all of them.

        Raises:
            SettingsError: A name is unknown, a value is out of range (the message lists the sliders), or the numbers of
                seeds and values do not fit together.
        """
        seeds, values, single = self._broadcast(seed, sliders)
        pictures = [Image.fromarray(pixels) for pixels in self.draw(seeds, values, truncation)]
        return pictures[0] if single else pictures

    def read(
        self, seed: int | ArrayLike = 0, *, truncation: float = DEFAULT_TRUNCATION
    ) -> dict[str, float] | list[dict[str, float]]:
        """Tell where the sliders of faces stand that nobody has moved; one dictionary, or a list for several seeds."""
        seeds, _, single = self._broadcast(seed, {})
        rows = []
        for one in seeds:
            values = self._named.model.read(self._latents([one]), truncation_psi=truncation)
            rows.append({name: float(value[0]) for name, value in values.items()})
        return rows[0] if single else rows

    def ramp(
        self,
        name: str,
        seed: int = 0,
        steps: int = 7,
        *,
        truncation: float = DEFAULT_TRUNCATION,
        **sliders: float,
    ) -> list[Image.Image]:
        """Move one slider of one face from its lowest to its highest value.

        Args:
            name: The slider.
            seed: Whose face.
            steps: How many pictures.
            truncation: As for `generate`.
            **sliders: Others that are set for all of them.
        """
        values = self.ramp_values(name, steps)
        _, all_values, _ = self._broadcast([seed] * steps, {**sliders, name: values})
        return [Image.fromarray(pixels) for pixels in self.draw([seed] * steps, all_values, truncation)]

    def ramp_values(self, name: str, steps: int) -> NDArray[np.float64]:
        """Evenly spaced values `(steps,)` over a slider's range."""
        slider = self._slider(name)
        if steps < 2:
            raise SettingsError(f"expected at least 2 steps for a ramp, got {steps}")
        return np.linspace(slider.low, slider.high, steps)

    def sheet(
        self,
        seed: int = 0,
        names: Sequence[str] | None = None,
        steps: int = 7,
        *,
        truncation: float = DEFAULT_TRUNCATION,
        tile: int = 128,
        parser: FaceParser | None = None,
    ) -> Image.Image:
        """Draw a sheet of one face: a row per slider, a column per value, with the values under the faces.

        Args:
            seed: Whose face.
            names: The sliders; all of them when None.
            steps: Columns.
            truncation: As for `generate`.
            tile: Edge of a face in pixels.
            parser: Measures every face by the label path; what it found is then printed beside what was asked for.

        Raises:
            SettingsError: A name is unknown.
            ModelError: Faces are to be measured, and the model's normalisation was not saved with it.
        """
        chosen = list(names) if names is not None else list(self.sliders)
        label_path = None if parser is None else LabelPath(parser, self._normalizer(), tuple(self.sliders))
        faces, captions = [], []
        for name in chosen:
            ramp, values = self.ramp(name, seed, steps, truncation=truncation), self.ramp_values(name, steps)
            faces += ramp
            captions += [f"{value:.2f}" for value in values]
            if label_path is not None:
                measured = label_path.measure(from_arrays(np.stack([np.asarray(face) for face in ramp])))[
                    :, label_path.names.index(name)
                ]
                captions[-steps:] = [f"{value:.2f} / {got:.2f}" for value, got in zip(values, measured, strict=True)]
        labels = [name.replace("_", "\n") for name in chosen]
        return contact_sheet(faces, captions=captions, row_labels=labels, style=SheetStyle(columns=steps, tile=tile))

    def _normalizer(self) -> Normalizer:
        if self._named.model.normalizer is None:
            raise ModelError(f"expected normalization.json in {self._named.folder}; fine-tune on labelled faces again")
        return self._named.model.normalizer

    def check(self, sliders: Mapping[str, float | ArrayLike]) -> dict[str, NDArray[np.float64]]:
        """The values as arrays.

        Raises:
            SettingsError: A name is unknown or a value is out of range; the message lists the sliders.
        """
        return {name: self._checked(name, value) for name, value in sliders.items()}

    def draw(
        self, seeds: Sequence[int], values: Mapping[str, NDArray[np.float64]], truncation: float
    ) -> Iterator[NDArray[np.uint8]]:
        """Draw faces one after the other.

        Args:
            seeds: N seeds.
            values: `(N,)` by slider.
            truncation: psi.

        Yields:
            `(R, R, 3)` uint8 RGB.
        """
        if not -2.0 <= truncation <= 2.0:
            raise SettingsError(f"expected a truncation from -2 to 2, usually 0.5 to 1, got {truncation}")
        size = 1 if self._named.model.device.type == "cpu" else _GROUP
        for first in range(0, len(seeds), size):
            rows = np.arange(first, min(first + size, len(seeds)))
            # Batches of one size take one way through the libraries; what fills them up is thrown away.
            filled = np.pad(rows, (0, size - len(rows)), mode="edge")
            yield from self._draw_batch([seeds[k] for k in filled], values, filled, truncation)[: len(rows)]

    @torch.inference_mode()
    def _draw_batch(
        self, seeds: list[int], values: Mapping[str, NDArray[np.float64]], rows: NDArray[np.int64], truncation: float
    ) -> NDArray[np.uint8]:
        device = self._named.model.device
        chosen = {name: torch.from_numpy(column[rows]).float().to(device) for name, column in values.items()}
        images = self._named.model.edit(self._latents(seeds), chosen, truncation_psi=truncation)
        return to_arrays(images)

    def _latents(self, seeds: Sequence[int]) -> torch.Tensor:
        return torch.from_numpy(latents(seeds, self._named.model.z_dim)).to(self._named.model.device)

    def _broadcast(
        self, seed: int | ArrayLike, sliders: Mapping[str, float | ArrayLike]
    ) -> tuple[list[int], dict[str, NDArray[np.float64]], bool]:
        """Seeds and values of equal number, and whether all of them were single numbers."""
        columns = [_seeds(seed), *(self._checked(name, value) for name, value in sliders.items())]
        try:
            arrays = np.broadcast_arrays(*columns)
        except ValueError:
            sizes = ", ".join(f"{n} {c.size}" for n, c in zip(("seed", *sliders), columns, strict=True))
            raise SettingsError(f"expected one value, or as many of each, got: {sizes}") from None
        if arrays[0].ndim > 1 or not arrays[0].size:
            raise SettingsError(f"expected single numbers or rows of them, got the shape {arrays[0].shape}")
        flat = [np.atleast_1d(array) for array in arrays]
        return [int(s) for s in flat[0]], dict(zip(sliders, flat[1:], strict=True)), arrays[0].ndim == 0

    def _checked(self, name: str, value: float | ArrayLike) -> NDArray[np.float64]:
        slider = self._slider(name)
        try:
            values = np.asarray(value, dtype=np.float64)
        except (TypeError, ValueError):
            raise SettingsError(f"expected numbers for {name}, got {value!r}") from None
        wrong = values[~((values >= slider.low) & (values <= slider.high))]
        if wrong.size:
            raise SettingsError(
                f"expected {name} from {slider.low:g} to {slider.high:g}, got {float(wrong.flat[0]):g}; "
                f"the sliders are: {describe_sliders(self.sliders)}"
            )
        return values

    def _slider(self, name: str) -> Slider:
        if name not in self.sliders:
            raise SettingsError(f"no slider is called {name!r}; the sliders are: {describe_sliders(self.sliders)}")
        return self.sliders[name]

    def _save_pretrained(self, save_directory: Path) -> None:
        """Write the model, and the report that was beside it."""
        self._named.model.save_pretrained(save_directory)
        report = report_beside(self._named.folder)
        if report is not None and report.parent != save_directory:
            (save_directory / report.name).write_bytes(report.read_bytes())

    def generate_model_card(self, *_: Any, **__: Any) -> ModelCard:
        """The README.md of the model's folder, with the judge's table where a report is beside the weights."""
        return ModelCard(model_card_text(self.sliders, report_beside(self._named.folder)))


def _seeds(seed: int | ArrayLike) -> NDArray[np.int64]:
    values = np.asarray(seed)
    if values.dtype.kind not in "iu":
        raise SettingsError(f"expected whole numbers as seeds, got {seed!r}")
    for value in values.flat:
        check_seed(int(value))
    return values.astype(np.int64)
