"""Whether a graph draws what PyTorch draws: the same faces by both, pixel by pixel.

Faces have random sliders, some of them set, and a random truncation, so that every part of the graph counts. Two runtimes add
sums up in different orders, and a value that lies between two steps of 255 then goes either way: one step is no difference that
anybody sees, and says nothing about the graph. Half precision makes more of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ohlora.errors import ModelError
from ohlora.export.face_graph import INPUTS
from ohlora.generation.drawing import FaceDrawer
from ohlora.generation.loaded_model import LoadedModel
from ohlora.generation.seeds import latents
from ohlora.sliders.slider import Slider
from ohlora.sliders.slider_model import SliderModel

if TYPE_CHECKING:
    from onnx import ModelProto

FACES = 100
MOST_STEPS = 2
"""Steps of 255 by which the worst value of a picture may be off."""

_ERRORS_ONLY = 3
_SPREAD = (0.5, 1.0)


@dataclass(frozen=True)
class Face:
    """One face to compare.

    Attributes:
        seed: Whose.
        truncation: psi.
        moved: Values of the sliders that are set.
    """

    seed: int
    truncation: float
    moved: Mapping[str, float]


@dataclass(frozen=True)
class Agreement:
    """How far a graph's pictures are from PyTorch's, in steps of 255.

    Attributes:
        faces: How many were compared.
        worst: The largest difference of a value.
        mean: The mean difference.
        share: Of the values that differ at all.
        own: The largest difference of where a slider is said to stand, in shares of its range.
    """

    faces: int
    worst: int
    mean: float
    share: float
    own: float

    def check(self) -> None:
        """Refuse a graph that draws something else.

        Raises:
            ModelError: It does.
        """
        if self.worst > MOST_STEPS:
            raise ModelError(
                f"expected the graph to draw what PyTorch draws within {MOST_STEPS} of 255, found a value that is "
                f"{self.worst} off (mean {self.mean:.4f}); nothing was written. With --weights fp16, try fp32"
            )


class Graph:
    """A graph, open in ONNX Runtime on the CPU.

    Args:
        model: As `build_onnx` gives it, or as it was written.
        z_dim: Length of z.
        sliders: By name, in the order of the input.
    """

    def __init__(self, model: ModelProto | bytes, z_dim: int, sliders: Mapping[str, Slider]) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = _ERRORS_ONLY
        data = model if isinstance(model, bytes) else model.SerializeToString()
        self._session: Any = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        self._z_dim, self._sliders = z_dim, sliders

    def draw(self, face: Face) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """The picture `(R, R, 3)` of a face, and where its sliders stand while nothing is set, `(K,)`."""
        values = np.array([[face.moved.get(name, np.nan) for name in self._sliders]], np.float32)
        inputs = (latents([face.seed], self._z_dim), values, np.array([[face.truncation]], np.float32))
        picture, own = self._session.run(None, dict(zip(INPUTS, inputs, strict=True)))
        return picture[0], own[0]


def compare(model: ModelProto, loaded: LoadedModel[SliderModel], faces: int = FACES) -> Agreement:
    """Draw the same random faces by a graph and by PyTorch.

    Args:
        model: The graph.
        loaded: What it was made of.
        faces: How many, at least one.
    """
    sliders, drawer = loaded.network.sliders, FaceDrawer(loaded.network)
    graph = Graph(model, loaded.network.z_dim, sliders)
    off, own = [], []
    for face in random_faces(sliders, faces):
        picture, stands = graph.draw(face)
        expected = next(drawer.draw([face.seed], {n: np.array([v]) for n, v in face.moved.items()}, face.truncation))
        off.append(np.abs(picture.astype(np.int16) - expected))
        read = drawer.read(face.seed, face.truncation)
        own.append(max(abs(read[s.name] - float(x)) / s.span for s, x in zip(sliders.values(), stands, strict=True)))
    apart = np.stack(off)
    return Agreement(faces, int(apart.max()), float(apart.mean()), float((apart > 0).mean()), max(own))


def random_faces(sliders: Mapping[str, Slider], count: int) -> list[Face]:
    """Faces of the seeds from 0 on: half of their sliders are set somewhere, and the truncation is from 0.5 to 1."""
    random = np.random.RandomState(0)
    faces = []
    for seed in range(count):
        moved = {s.name: float(random.uniform(s.low, s.high)) for s in sliders.values() if random.random_sample() < 0.5}
        faces.append(Face(seed, float(random.uniform(*_SPREAD)), moved))
    return faces
