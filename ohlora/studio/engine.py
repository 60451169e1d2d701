"""Draws, reads and measures faces for all visitors.

One thread does it all, in the order in which it is asked: PyTorch's own threads fill the cores already, and two pictures at
once would only make both late. Who asks for many pictures asks for them one by one, so that a visitor who drags a slider
waits for one of them at most.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ohlora.errors import OhloraError
from ohlora.generation.face_generator import FaceGenerator
from ohlora.hub import load_parser
from ohlora.images.pixels import from_arrays
from ohlora.labelling.labeller import Labeller
from ohlora.labelling.normalization import Normalizer
from ohlora.sliders.readout import Readout
from ohlora.sliders.slider import Slider
from ohlora.sliders.slider_model import SliderModel
from ohlora.studio.faces import Face
from ohlora.studio.session import Session
from segmentation import FaceParser

NOT_MEASURED = "this model was saved without its normalisation, so that faces are not measured"

Result = TypeVar("Result")


class TurnTaking:
    """A model with sliders whose work is done by one thread, whoever asks for it.

    Args:
        model: The model.
        worker: A pool of one thread.
    """

    def __init__(self, model: SliderModel, worker: ThreadPoolExecutor) -> None:
        self._model, self._worker = model, worker
        self.sliders: dict[str, Slider] = model.sliders
        self.normalizer: Normalizer | None = model.normalizer

    @property
    def z_dim(self) -> int:
        """Length of z."""
        return self._model.z_dim

    @property
    def device(self) -> torch.device:
        """Where the model is."""
        return self._model.device

    def edit(
        self, z: Tensor, sliders: Mapping[str, Tensor | float] | None = None, *, truncation_psi: float = 1.0
    ) -> Tensor:
        """As `SliderModel.edit`."""
        return self._worker.submit(self._model.edit, z, sliders, truncation_psi=truncation_psi).result()

    def read(self, z: Tensor, *, truncation_psi: float = 1.0) -> Mapping[str, Tensor]:
        """As `SliderModel.read`."""
        return self._worker.submit(self._model.read, z, truncation_psi=truncation_psi).result()

    def save_pretrained(self, folder: str | Path) -> Path:
        """As `SliderModel.save_pretrained`."""
        return self._model.save_pretrained(folder)


class Engine:
    """The model and the measuring device behind the page.

    Args:
        generator: Draws the faces.
        parser: Measures them; None where it shall not.

    Raises:
        OhloraError: The model's normalisation lacks one of its sliders.
    """

    def __init__(self, generator: FaceGenerator, parser: FaceParser | None = None) -> None:
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="studio")
        loaded = generator.loaded
        self.generator = FaceGenerator(replace(loaded, network=TurnTaking(loaded.network, self._worker)))
        self.sliders = generator.sliders
        self._readout = _readout(loaded.network, parser)

    @classmethod
    @contextmanager
    def opened(cls, model: str, parser: str, device: str) -> Iterator[Engine]:
        """An engine for the length of a block, from the names of a model and of a parser.

        A core stays free for the server and the browser: on two cores a dragged slider shows in three quarters of the time.

        Raises:
            OhloraError: One of them cannot be had, or the model has no sliders.
        """
        threads = torch.get_num_threads()
        torch.set_num_threads(max(1, min(threads, (os.cpu_count() or 1) - 1)))
        try:
            engine = cls(FaceGenerator.from_pretrained(model, device=device), load_parser(parser, device))
            try:
                yield engine
            finally:
                engine.close()
        finally:
            torch.set_num_threads(threads)

    @property
    def measures(self) -> bool:
        """Whether faces can be measured."""
        return self._readout is not None

    def session(self, face: Face | None = None) -> Session:
        """A new visitor's state."""
        face = face or Face()
        return Session(face, self.own(face))

    def own(self, face: Face) -> dict[str, float]:
        """Where a face's sliders stand while nothing is moved."""
        values = self.generator.read(face.seed, truncation=face.truncation)
        assert isinstance(values, dict)
        return values

    def draw(self, face: Face) -> NDArray[np.uint8]:
        """The picture `(R, R, 3)` of a face, RGB.

        Raises:
            SettingsError: A slider is unknown or a value out of range.
        """
        columns = {name: np.atleast_1d(value) for name, value in self.generator.check(face.moved).items()}
        return next(self.generator.draw([face.seed], columns, face.truncation))

    def measure(self, pixels: NDArray[np.uint8]) -> dict[str, float] | None:
        """Where the sliders of a picture `(R, R, 3)` are found to stand, by name; NaN where nothing was found.

        None where faces are not measured.
        """
        if self._readout is None:
            return None
        values = self._turn(self._readout.measure, from_arrays(pixels[None].copy()))
        return {name: float(column[0]) for name, column in values.items()}

    def warm_up(self) -> None:
        """Draw and measure once, so that the first visitor does not wait for what is set up on first use."""
        self.measure(self.draw(Face()))

    def close(self) -> None:
        """Let the thread end."""
        self._worker.shutdown(wait=True, cancel_futures=True)

    def _turn(self, action: Callable[..., Result], *arguments: Any) -> Result:
        return self._worker.submit(action, *arguments).result()


def _readout(model: SliderModel, parser: FaceParser | None) -> Readout | None:
    if parser is None or model.normalizer is None:
        return None
    try:
        return Readout(Labeller(parser, model.normalizer, tuple(model.sliders)), model.sliders)
    except OhloraError as error:
        raise OhloraError(f"faces cannot be measured: {error}") from error
