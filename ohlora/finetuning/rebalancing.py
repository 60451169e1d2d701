"""Rebalancing rounds: faces that the current sliders draw, labelled and added to what the regressor learns from.

Most random faces lie in the middle of an attribute or, like gender, at both ends, and none of them has been edited. A round draws
faces with one, some or all sliders set to values from end to end, and labels them as `ohlora label` does; no gradient passes the
labeller. It is an ordinary folder of faces, with the model that drew it in `model`: `ohlora report`, `filter` and `annotate` open
it, and its latents are found again from seed, truncation and sliders.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ohlora.datasets.face_folder import NORMALIZATION_NAME, FaceDataset
from ohlora.datasets.resumable import FinishedRow, run_job, setting_cell
from ohlora.datasets.resumable import Job as Resumable
from ohlora.finetuning.job import Job
from ohlora.finetuning.sampling import random_requests, random_truncations
from ohlora.finetuning.settings import LatentSettings
from ohlora.generation.recipe import save_face
from ohlora.generation.seeds import latents
from ohlora.images.pixels import to_arrays
from ohlora.sliders.conditional import ConditionalGenerator
from ohlora.sliders.slider import Slider
from ohlora.sliders.slider_model import weights_fingerprint
from ohlora.training.schedule import step_random

_STREAM = 61
_BATCH = 16
_FIRST_SEED = 3_000_000_000
_SEEDS_OF_A_ROUND = 1_000_000
LEAST_ERROR = 0.01


class Round:
    """One round in its folder.

    Args:
        job: The run that it belongs to.
        number: Which round, from 0.
    """

    def __init__(self, job: Job, number: int) -> None:
        method = job.settings.method
        if not isinstance(method, LatentSettings):
            raise TypeError(f"expected settings of the method latent, got {job.settings.method_name}")
        self.job, self.number, self.count = job, number, method.round_faces
        self.folder = job.folder / "rounds" / f"round{number}"
        self.sliders = list(job.sliders.values())

    @property
    def is_drawn(self) -> bool:
        """Whether all of its faces are there."""
        return self.folder.is_dir() and len(FaceDataset(self.folder).rows) >= self.count

    @property
    def model_folder(self) -> Path:
        """The model that draws it."""
        return self.folder / "model"

    def draw(self, model: ConditionalGenerator, weights: NDArray[np.float64] | None = None) -> None:
        """Draws and labels the faces that are not there yet.

        Args:
            model: The current sliders.
            weights: How often each slider is set in any case `(K,)`, as `errors` of the last round tells; None for equally often.
        """
        dataset = FaceDataset.create(self.folder)
        model.save_pretrained(self.model_folder)
        self.job.data.normalizer.save(self.folder / NORMALIZATION_NAME)
        random = step_random(self.job.settings.seed, _STREAM, self.number)
        psi = random_truncations(random, self.count, self.job.settings.truncation)
        requests = random_requests(random, self.count, self.sliders, weights)
        numbers = {_file(self._seed(number)): number for number in range(self.count)}
        labeller = self.job.labeller()
        common = {
            "model": str(self.model_folder),
            "weights": weights_fingerprint(self.model_folder),
            "parser": self.job.parser_name,
            "scores_version": labeller.version,
        }

        def work(names: list[str]) -> Iterator[FinishedRow]:
            missing = {numbers[name] for name in names}
            # Whole batches, whatever is missing of them: sums of other batches differ in their last bits, and so would a resumed run.
            for first in sorted({row // _BATCH * _BATCH for row in missing}):
                rows = list(range(first, min(first + _BATCH, self.count)))
                ws = self._ws(model, rows, requests[rows], psi[rows])
                with torch.no_grad(), self.job.compute.autocast():
                    images = model.base.synthesise(ws).float()
                attributes = labeller.measure(images)
                for row, pixels, values in zip(rows, to_arrays(images), attributes, strict=True):
                    if row not in missing:
                        continue
                    name = _file(self._seed(row))
                    asked = self._asked(requests[row])
                    made = {
                        "seed": self._seed(row),
                        **common,
                        "truncation": round(float(psi[row]), 3),
                        "sliders": asked,
                    }
                    cells = {**made, "sliders": setting_cell(asked), **dict(zip(labeller.names, values, strict=True))}
                    yield FinishedRow(name, cells, partial(save_face, dataset.path(name), pixels, made))

        action, shown = (
            f"label faces, round {self.number + 1}",
            self.job.compute.progress and self.job.compute.is_first_process,
        )
        with dataset.writing():
            run_job(dataset, Resumable(action, "face", list(numbers), dataset.rows.__contains__, work), progress=shown)

    def read(self) -> tuple[Tensor, Tensor, NDArray[np.float32]]:
        """Latents w `(N, w_dim)`, attributes `(N, K)`, and what the sliders were set to `(N, K)`, NaN where they were not."""
        dataset, device = FaceDataset(self.folder), self.job.compute.device
        model = ConditionalGenerator.from_pretrained(self.model_folder, device)
        # By seed: a run that was stopped has entered its rows in another order.
        rows = sorted(dataset.rows.values(), key=lambda row: int(row["seed"]))
        order = np.argsort([int(row["seed"]) for row in dataset.rows.values()])
        asked = np.array([_read_sliders(row["sliders"], self.sliders) for row in rows], np.float32)
        psi = torch.tensor([[float(row["truncation"])] for row in rows])
        numbers = [int(row["seed"]) - self._seed(0) for row in rows]
        parts = [slice(first, first + 256) for first in range(0, len(rows), 256)]
        w = [self._ws(model, numbers[p], torch.from_numpy(asked[p]), psi[p])[:, 0] for p in parts]
        attributes = np.stack([dataset.numbers(slider.name) for slider in self.sliders], axis=1)[order]
        return torch.cat(w), torch.from_numpy(attributes.astype(np.float32)).to(device), asked

    def errors(self, attributes: Tensor, asked: NDArray[np.float32]) -> NDArray[np.float64]:
        """How far each slider that was set is off, where more is needed most.

        Args:
            attributes: As `read` gives them, `(N, K)`.
            asked: Likewise.

        Returns:
            `(K,)` in shares of the ranges, at least a hundredth.
        """
        measured = np.stack(
            [slider.values_of(column) for slider, column in zip(self.sliders, attributes.cpu().numpy().T, strict=True)]
        ).T
        off = np.abs(measured - asked) / np.array([slider.span for slider in self.sliders])
        known = ~np.isnan(off)
        means = np.where(known, off, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        return np.asarray(np.maximum(means, LEAST_ERROR), np.float64)

    @torch.no_grad()
    def _ws(self, model: ConditionalGenerator, rows: Sequence[int], requests: Tensor, psi: Tensor) -> Tensor:
        z = torch.from_numpy(latents([self._seed(row) for row in rows], model.z_dim))
        return model.edited_ws(z.to(model.device), requests.to(model.device), psi.to(model.device))

    def _seed(self, row: int) -> int:
        return _FIRST_SEED + self.number * _SEEDS_OF_A_ROUND + row

    def _asked(self, request: Tensor) -> dict[str, float]:
        """Values that are set, in as many digits as they were drawn with."""
        pairs = zip(self.sliders, request.tolist(), strict=True)
        return {slider.name: round(value, 4) for slider, value in pairs if not np.isnan(value)}


def _file(seed: int) -> str:
    return f"seed{seed}.png"


def _read_sliders(text: str, sliders: Sequence[Slider]) -> list[float]:
    values = dict(pair.split("=") for pair in text.split())
    return [float(values.get(slider.name, "nan")) for slider in sliders]
