"""Renders the training set of the embedded models as numpy shards; an interrupted run goes on where it stopped.

    python -m scripts.render_training_set --out data/core --sampling core --count 40000 --workers 2

A shard of 1,000 portraits holds `images` (N, S, S, 3) uint8, `labels` (N, S, S) uint8 and, for `core`, `uniform`
(N, 46) float32, the uniform numbers that made them; `truth` (N, 6) float32 in the order of `TRUTH_NAMES`.
"""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import click
import numpy as np
from tqdm import tqdm

from ohlora.portraits import CORE_NAMES, TRUTH_NAMES, core_from_uniform, render, sample_parameters

SHARD = 1000


def render_shard(path: Path, sampling: str, first_seed: int, size: int) -> Path:
    """Render `SHARD` portraits from `first_seed` on and write them to `path` at once."""
    images = np.empty((SHARD, size, size, 3), dtype=np.uint8)
    labels = np.empty((SHARD, size, size), dtype=np.uint8)
    truth = np.empty((SHARD, len(TRUTH_NAMES)), dtype=np.float32)
    uniform = np.empty((SHARD, len(CORE_NAMES)), dtype=np.float32)
    for i in range(SHARD):
        u = np.random.default_rng([first_seed + i, 0]).uniform(size=len(CORE_NAMES))
        parameters = core_from_uniform(u) if sampling == "core" else sample_parameters(first_seed + i, sampling)
        portrait = render(parameters, size=size, label_size=size)
        assert portrait.label_map is not None
        images[i], labels[i], uniform[i] = portrait.image, portrait.label_map, u
        truth[i] = [portrait.truth[name] for name in TRUTH_NAMES]
    partial = path.with_suffix(".part")
    with partial.open("wb") as file:
        np.savez(file, images=images, labels=labels, truth=truth, uniform=uniform)
    os.replace(partial, path)
    return path


@click.command()
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the shards.")
@click.option("--sampling", type=click.Choice(["core", "full"]), default="core", show_default=True)
@click.option(
    "--count", type=click.IntRange(SHARD), default=40_000, show_default=True, help="Portraits, in steps of 1,000."
)
@click.option(
    "--first-seed",
    type=click.IntRange(0),
    default=1_000_000,
    show_default=True,
    help="Held-out renders use seeds below 1,000,000.",
)
@click.option("--size", type=click.IntRange(16, 512), default=128, show_default=True)
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True)
def main(out: Path, sampling: str, count: int, first_seed: int, size: int, workers: int) -> None:
    """Render COUNT portraits into shards under OUT."""
    out.mkdir(parents=True, exist_ok=True)
    todo = []
    for seed in range(first_seed, first_seed + count, SHARD):
        path = out / f"{seed:09d}.npz"
        if not path.exists():
            todo.append((path, seed))
    with ProcessPoolExecutor(workers) as pool:
        jobs = [pool.submit(render_shard, path, sampling, seed, size) for path, seed in todo]
        for job in tqdm(jobs, unit="k portraits"):
            job.result()


if __name__ == "__main__":
    main()
