"""The baseline of straight lines: one direction in w per attribute (InterFaceGAN, Shen et al. 2020, section 3).

A linear classifier separates the faces with the highest fifth of an attribute from those with the lowest; the normal of its
plane is the direction. A slider's value is how far w is pushed along it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ohlora.errors import DatasetError
from ohlora.hub.model_folder import damaged_settings
from ohlora.labelling.normalization import Normalizer
from ohlora.sliders.edited_generator import EditedGenerator
from ohlora.sliders.latent_regressor import LatentRegressor
from ohlora.sliders.slider import Slider
from ohlora.sliders.storage import DIRECTIONS, load_without_base, read_sliders, write_sliders
from stylegan import GeneratorNetwork

FIFTH = 0.2
LEAST = 40

Measure = Callable[[Tensor], NDArray[np.float64]]


class DirectionModel(EditedGenerator):
    """A generator whose sliders push w along straight lines.

    Args:
        base: A pretrained generator; it is not changed.
        sliders: The sliders by name.
        base_name: The base as its user wrote it.
        normalizer: The normalisation that the attributes were made with.
        regressor_hidden: Width of the regressor's hidden layers.
    """

    directions: Tensor

    def __init__(
        self,
        base: GeneratorNetwork,
        sliders: Mapping[str, Slider],
        *,
        base_name: str = "",
        normalizer: Normalizer | None = None,
        regressor_hidden: int = 128,
    ) -> None:
        super().__init__(base, sliders, normalizer)
        self.base_name, self.regressor_hidden = base_name, regressor_hidden
        self.regressor = LatentRegressor(base.w_dim, list(self.sliders.values()), regressor_hidden).requires_grad_(
            False
        )
        self.register_buffer("directions", torch.zeros(len(self.sliders), base.w_dim))

    @torch.no_grad()
    def read(self, z: Tensor, *, truncation_psi: float = 1.0) -> dict[str, Tensor]:
        """Where the sliders of unedited faces stand: slider name to `(B,)`, of z `(B, z_dim)`."""
        values = self.regressor(self._w(z, truncation_psi))
        return dict(zip(self.sliders, values.unbind(dim=1), strict=True))

    def edited_ws(self, z: Tensor, values: Tensor, truncation_psi: float | Tensor = 1.0) -> Tensor:
        """The ws that synthesis draws, `(B, L, w_dim)`; arguments as for `forward`."""
        w = self._w(z, truncation_psi)
        move = torch.nan_to_num(values - self.regressor(w))
        return self.base.truncate(w + move @ self.directions, 1.0)

    def _w(self, z: Tensor, psi: float | Tensor) -> Tensor:
        return self.base.truncate(self.base.map(z), psi)[:, 0]

    def save_pretrained(self, folder: str | Path) -> Path:
        """Writes the model into a folder, which also opens as the plain base generator; returns the folder."""
        return write_sliders(self, folder, DIRECTIONS, {"regressor_hidden": self.regressor_hidden})

    @classmethod
    def from_pretrained(cls, folder: str | Path, device: str | torch.device = "cpu") -> Self:
        """Reads what `save_pretrained` wrote.

        Raises:
            ModelError: The folder holds no such model, or its files are damaged.
            stylegan.CheckpointError: The base generator in it is missing or damaged.
        """
        stored = read_sliders(folder, DIRECTIONS)
        options: dict[str, Any] = {"base_name": stored.base_name, "normalizer": stored.normalizer}
        try:
            model = cls(stored.base, stored.sliders, **options, **stored.settings)
        except TypeError as error:
            raise damaged_settings(Path(folder), DIRECTIONS, error) from error
        load_without_base(model, stored.state, stored.weights)
        return model.eval().to(device)


def fit_directions(
    w: NDArray[np.float32], values: NDArray[np.float32], *, orthogonal: bool = False
) -> NDArray[np.float32]:
    """Finds a direction per attribute, as long as raises the attribute by 1 along the labelled faces.

    Args:
        w: `(N, w_dim)`.
        values: Attributes `(N, K)`, NaN where missing.
        orthogonal: Whether each direction is freed of the others (conditional manipulation, section 3.3 of the paper).

    Returns:
        `(K, w_dim)`.

    Raises:
        DatasetError: Too few faces have the attribute.
    """
    normals = np.stack([_normal(w, values[:, column], column) for column in range(values.shape[1])])
    if orthogonal and len(normals) > 1:
        normals = np.stack([_without_others(normals, column) for column in range(len(normals))])
    return np.stack([_scaled(normal, w, column) for normal, column in zip(normals, values.T, strict=True)])


def _normal(w: NDArray[np.float32], values: NDArray[np.float32], column: int) -> NDArray[np.float32]:
    # Only this baseline needs scikit-learn, which takes a second to import.
    from sklearn.svm import LinearSVC

    present = np.flatnonzero(~np.isnan(values))
    if len(present) < LEAST:
        raise DatasetError(f"expected at least {LEAST} faces with attribute {column}, found {len(present)}; label more")
    order = present[np.argsort(values[present], kind="stable")]
    count = max(1, round(FIFTH * len(order)))
    chosen = np.concatenate([order[:count], order[-count:]])
    center, scale = w.mean(axis=0), max(float(w.std()), 1e-8)
    classifier = LinearSVC(C=0.1, dual="auto", max_iter=5000, random_state=0)
    classifier.fit((w[chosen] - center) / scale, np.repeat([0, 1], count))
    normal = np.asarray(classifier.coef_[0], np.float32)
    return np.asarray(normal / max(float(np.linalg.norm(normal)), 1e-12), np.float32)


def _without_others(normals: NDArray[np.float32], column: int) -> NDArray[np.float32]:
    others = np.delete(normals, column, axis=0)
    basis, _ = np.linalg.qr(others.T)
    rest = normals[column] - basis @ (basis.T @ normals[column])
    return np.asarray(rest / max(float(np.linalg.norm(rest)), 1e-12), np.float32)


def _scaled(normal: NDArray[np.float32], w: NDArray[np.float32], values: NDArray[np.float32]) -> NDArray[np.float32]:
    present = ~np.isnan(values)
    position = (w[present] - w.mean(axis=0)) @ normal
    slope = float(np.polyfit(position, values[present], 1)[0])
    return np.asarray(normal / (slope if abs(slope) > 1e-6 else 1e-6), np.float32)


@torch.no_grad()
def calibrate(model: DirectionModel, z: Tensor, measure: Measure, steps: int = 5) -> dict[str, float]:
    """Rescales every direction so that a slider's way over its range moves the measured attribute by as much.

    Args:
        model: With fitted directions; changed in place.
        z: Faces to try them on `(B, z_dim)`.
        measure: Images `(B, 3, R, R)` in [-1, 1] to attributes `(B, K)`, NaN where missing.
        steps: Values of a ramp.

    Returns:
        Slider name to the factor that its direction was multiplied by, from 1/4 to 4.
    """
    factors = {}
    for index, (name, slider) in enumerate(model.sliders.items()):
        ramp = np.linspace(slider.low, slider.high, steps)
        measured = np.stack([measure(model.edit(z, {name: float(value)}))[:, index] for value in ramp])
        mean = np.nanmean(measured, axis=1) if np.isfinite(measured).any(axis=1).all() else ramp
        slope = float(np.polyfit(ramp, mean, 1)[0])
        factors[name] = float(np.clip(1.0 / max(slope, 1e-3), 0.25, 4.0))
        model.directions[index] *= factors[name]
    return factors
