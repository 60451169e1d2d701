"""`FaceGenerator`: faces with sliders, for people who want pictures.

    from ohlora import FaceGenerator

    generator = FaceGenerator.from_pretrained("portraits")
    generator.generate(seed=7, mouth=0.9, pose=-0.4).save("face.png")

On one machine a picture depends on the model, the seed, the sliders and the truncation alone, whatever else is drawn with it,
for the reason that `ohlora.generation.drawing` gives.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self, Unpack

import numpy as np
from huggingface_hub import ModelCard, ModelHubMixin
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from ohlora.device import resolve_device
from ohlora.errors import SettingsError
from ohlora.generation.drawing import DEFAULT_TRUNCATION, FaceDrawer, check_truncation
from ohlora.generation.loaded_model import LoadedModel, load_with_sliders
from ohlora.generation.model_card import model_card_text, report_beside
from ohlora.generation.ramp import ramp_values
from ohlora.generation.recipe import recipe
from ohlora.generation.recipe_picture import RecipePicture
from ohlora.generation.seeds import check_seed
from ohlora.generation.slider_sheet import draw_slider_sheet
from ohlora.hub import HubOptions
from ohlora.images.contact_sheet import SheetStyle
from ohlora.sliders.slider import Slider, checked_values, describe_sliders, find_slider
from ohlora.sliders.slider_model import SliderModel
from segmentation import FaceParser


class FaceGenerator(ModelHubMixin, library_name="ohlora", tags=["face-generation", "stylegan"], license="mit"):
    """Draws faces whose attributes are set by sliders.

    Example:
        >>> generator = FaceGenerator.from_pretrained("portraits")  # doctest: +SKIP
        >>> generator.generate(seed=7, mouth=[0.0, 0.5, 1.0])  # doctest: +SKIP
        [<PIL.Image...>, <PIL.Image...>, <PIL.Image...>]
    """

    # An empty one of our own keeps the mixin from copying the networks into a configuration.
    _hub_mixin_config: dict[str, Any] | None = {}  # noqa: RUF012 - never written to

    def __init__(self, loaded: LoadedModel[SliderModel]) -> None:
        """Take over a model; `from_pretrained` opens one by name."""
        self._loaded = loaded
        self._drawer = FaceDrawer(loaded.network)

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
        return cls(load_with_sliders(name, resolve_device(device), **hub))

    def __repr__(self) -> str:
        return f"FaceGenerator({self.name!r}, weights {self.fingerprint}, sliders: {describe_sliders(self.sliders)})"

    @property
    def name(self) -> str:
        """The model as its user wrote it."""
        return self._loaded.name

    @property
    def fingerprint(self) -> str:
        """Twelve hexadecimal digits that stand for all weights."""
        return self._loaded.fingerprint

    @property
    def loaded(self) -> LoadedModel[SliderModel]:
        """The model with its name and fingerprint, for what builds on it."""
        return self._loaded

    @property
    def sliders(self) -> dict[str, Slider]:
        """The sliders by name."""
        return dict(self._loaded.network.sliders)

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
            one by one, and single ones go with all of them. Each writes its recipe into the PNG, JPEG or GIF that it is
            saved as, and `ohlora generate --recipe` makes it again.

        Raises:
            SettingsError: A name is unknown, a value is out of range (the message lists the sliders), or the numbers of
                seeds and values do not fit together.
        """
        for name in sliders:
            find_slider(self.sliders, name, others=("seed", "truncation"))
        seeds, values, single = self._broadcast(seed, sliders)
        recipes = self._recipes(seeds, values, check_truncation(truncation))
        faces = self.draw(seeds, values, truncation)
        pictures: list[Image.Image] = [RecipePicture.of(*face) for face in zip(faces, recipes, strict=True)]
        return pictures[0] if single else pictures

    def read(
        self, seed: int | ArrayLike = 0, *, truncation: float = DEFAULT_TRUNCATION
    ) -> dict[str, float] | list[dict[str, float]]:
        """Tell where the sliders of faces stand that nobody has moved; one dictionary, or a list for several seeds."""
        seeds, _, single = self._broadcast(seed, {})
        rows = [self._drawer.read(one, truncation) for one in seeds]
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
        values: dict[str, float | ArrayLike] = {**sliders, name: self.ramp_values(name, steps)}
        pictures = self.generate(seed, truncation=truncation, **values)
        assert isinstance(pictures, list)
        return pictures

    def ramp_values(self, name: str, steps: int) -> NDArray[np.float64]:
        """Evenly spaced values `(steps,)` over a slider's range."""
        slider = find_slider(self.sliders, name)
        return ramp_values(slider.low, slider.high, steps)

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
            parser: Measures every face, as `ohlora.sliders.readout` does; what it found is printed beside what was asked for.

        Raises:
            SettingsError: A name is unknown.
            ModelError: Faces are to be measured, and the model's normalisation was not saved with it.
        """
        chosen = [find_slider(self.sliders, name).name for name in (self.sliders if names is None else names)]
        style = SheetStyle(columns=steps, tile=tile)
        return draw_slider_sheet(self._loaded, seed, chosen, style, truncation=truncation, parser=parser)

    def check(self, sliders: Mapping[str, float | ArrayLike]) -> dict[str, NDArray[np.float64]]:
        """The values as arrays.

        Raises:
            SettingsError: A name is unknown or a value is out of range; the message lists the sliders.
        """
        return {
            name: checked_values(self.sliders, name, value).double().cpu().numpy() for name, value in sliders.items()
        }

    def draw(
        self, seeds: Sequence[int], values: Mapping[str, NDArray[np.float64]], truncation: float
    ) -> Iterator[NDArray[np.uint8]]:
        """Draw faces one after the other, as `FaceDrawer.draw`."""
        return self._drawer.draw(seeds, values, truncation)

    def _recipes(
        self, seeds: Sequence[int], values: Mapping[str, NDArray[np.float64]], truncation: float
    ) -> Iterator[dict[str, Any]]:
        """What each of the faces carries; arguments as for `draw`."""
        for row, seed in enumerate(seeds):
            moved = {name: float(column[row]) for name, column in values.items()}
            yield {"seed": seed, **recipe(self._loaded, truncation, moved)}

    def _broadcast(
        self, seed: int | ArrayLike, sliders: Mapping[str, float | ArrayLike]
    ) -> tuple[list[int], dict[str, NDArray[np.float64]], bool]:
        """Seeds and values of equal number, and whether all of them were single numbers."""
        columns = [_seeds(seed), *self.check(sliders).values()]
        try:
            arrays = np.broadcast_arrays(*columns)
        except ValueError:
            sizes = ", ".join(f"{n} {c.size}" for n, c in zip(("seed", *sliders), columns, strict=True))
            raise SettingsError(f"expected one value, or as many of each, got: {sizes}") from None
        if arrays[0].ndim > 1 or not arrays[0].size:
            raise SettingsError(f"expected single numbers or rows of them, got the shape {arrays[0].shape}")
        flat = [np.atleast_1d(array) for array in arrays]
        return [int(s) for s in flat[0]], dict(zip(sliders, flat[1:], strict=True)), arrays[0].ndim == 0

    def _save_pretrained(self, save_directory: Path) -> None:
        """Write the model, and the report that was beside it."""
        self._loaded.network.save_pretrained(save_directory)
        report = report_beside(self._loaded.folder)
        if report is not None and report.parent != save_directory:
            (save_directory / report.name).write_bytes(report.read_bytes())

    def generate_model_card(self, *_: Any, **__: Any) -> ModelCard:
        """The README.md of the model's folder, with the table of measurements where a report is beside the weights."""
        return ModelCard(model_card_text(self.sliders, report_beside(self._loaded.folder)))


def _seeds(seed: int | ArrayLike) -> NDArray[np.int64]:
    values = np.asarray(seed)
    # Whole numbers beyond 64 bits come as objects.
    if not all(isinstance(value, int | np.integer) and not isinstance(value, bool) for value in values.flat):
        raise SettingsError(f"expected whole numbers as seeds, got {seed!r}")
    for value in values.flat:
        check_seed(int(value))
    return values.astype(np.int64)
