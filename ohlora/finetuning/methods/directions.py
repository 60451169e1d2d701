"""The baseline `directions`: straight lines in w, found by linear classifiers and calibrated by the labeller."""

from __future__ import annotations

import torch

from ohlora.finetuning.job import Job
from ohlora.finetuning.sampling import random_faces
from ohlora.finetuning.validation import measure_ramps
from ohlora.sliders.directions import DirectionModel, calibrate, fit_directions
from ohlora.training.schedule import step_random

_STREAM, _FACES = 51, 24


def fit(job: Job) -> DirectionModel:
    """Finds directions, with and without freeing them of each other, and keeps those that the labeller finds better.

    It takes minutes, most of them for measuring, so it is done anew after a stop.

    Raises:
        DatasetError: Too few of the labelled faces are the generator's own.
    """
    settings = job.settings
    model = DirectionModel(job.base, job.sliders, base_name=job.base_name, normalizer=job.data.normalizer)
    model.to(job.compute.device)
    w, attributes = job.own_latents()
    job.fit_regressor(model.regressor, w, attributes, "regressor0")
    labeller = job.labeller()
    z, _ = random_faces(step_random(settings.seed, _STREAM, 0), _FACES, model.z_dim, settings.truncation)
    candidates: dict[str, tuple[float, torch.Tensor]] = {}
    for name, orthogonal in (("plain", False), ("orthogonal", True)):
        found = fit_directions(w.cpu().numpy(), attributes.cpu().numpy(), orthogonal=orthogonal)
        model.directions.copy_(torch.from_numpy(found))
        for _ in range(2):
            calibrate(model, z.to(model.device), labeller.measure)
        figures, _sheet = measure_ramps(model, labeller, settings)
        candidates[name] = figures["score"], model.directions.clone()
    best = min(candidates, key=lambda name: candidates[name][0])
    model.directions.copy_(candidates[best][1])
    job.notes.append(f"kept the {best} directions")
    return model
