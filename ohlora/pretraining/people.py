"""Rendered people for the identity network: several views of each, the same for the same number.

A person is a draw of all core parameters; a view of them draws those again that are no part of who somebody is: how far
eyes and mouth are open, the turn of the head, the length and colour of the hair, light, clothes, background.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from ohlora.errors import OhloraError
from ohlora.files import replacing
from ohlora.portraits import CORE_NAMES, core_from_uniform, render
from ohlora.pretraining.settings import IdentitySettings

SHARD = 100
"""People in one file."""


def render_person(person: int, settings: IdentitySettings) -> NDArray[np.uint8]:
    """All views (views, size, size, 3) of a person, the same for the same number."""
    varied = np.isin(CORE_NAMES, settings.varied)
    self_rng = np.random.default_rng([settings.first_seed + person, 10])
    who = self_rng.uniform(size=len(CORE_NAMES))
    views = np.where(varied, self_rng.uniform(size=(settings.views, len(CORE_NAMES))), who)
    return np.stack([render(core_from_uniform(view), settings.size).image for view in views])


def render_people(path: Path, first: int, settings: IdentitySettings) -> Path:
    """Render `SHARD` people from number `first` on and write them as (N, views, size, size, 3) at once."""
    images = np.stack([render_person(first + k, settings) for k in range(SHARD)])
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(file, images=images)
    return path


def read_people(folder: Path) -> NDArray[np.uint8]:
    """All rendered people (N, views, size, size, 3) of a folder.

    Raises:
        OhloraError: the folder holds none.
    """
    paths = sorted(folder.glob("*.npz"))
    if not paths:
        raise OhloraError(f"no renders (*.npz) in {folder}; run scripts.pretrain identity without --no-render")
    parts = []
    for path in paths:
        with np.load(path) as shard:
            parts.append(shard["images"])
    return np.concatenate(parts)


def render_missing(folder: Path, settings: IdentitySettings, workers: int) -> None:
    """Renders the people that a folder lacks, `SHARD` per file, in so many processes."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {first: folder / f"{first:07d}.npz" for first in range(0, settings.people, SHARD)}
    missing = {first: path for first, path in paths.items() if not path.exists()}
    if not missing:
        return
    with ProcessPoolExecutor(workers) as pool:
        jobs = [pool.submit(render_people, path, first, settings) for first, path in missing.items()]
        for job in tqdm(jobs, unit=f"{SHARD} people"):
            job.result()
