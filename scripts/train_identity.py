"""Trains the judge's identity network; the same command goes on after any interruption, and writes the network's folder.

    python -m scripts.train_identity --data data/identity --run runs/identity --out ohlora/models/identity --workers 2

It first renders the people into DATA, as far as they are not there yet.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import click
import lightning as L
import torch
from lightning.pytorch.callbacks import ModelCheckpoint, TQDMProgressBar
from lightning.pytorch.loggers import CSVLogger
from tqdm import tqdm

from ohlora.evaluation.identity import save_identity
from ohlora.pretraining.identity_training import (
    SHARD,
    IdentitySettings,
    IdentityTraining,
    identity_settings,
    read_people,
    render_people,
)


@click.command()
@click.option("--data", type=click.Path(path_type=Path), required=True, help="Folder of the rendered people.")
@click.option("--run", type=click.Path(path_type=Path), required=True, help="Folder of checkpoints and logs.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder that gets the network.")
@click.option("--settings", type=click.Path(path_type=Path), default=Path("scripts/portraits.toml"), show_default=True)
@click.option("--render/--no-render", default=True, show_default=True, help="Render people that are missing in DATA.")
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True, help="Processes that render.")
@click.option("--threads", type=click.IntRange(1), default=1, show_default=True)
@click.option("--accelerator", default="auto", show_default=True)
def main(
    data: Path, run: Path, out: Path, settings: Path, render: bool, workers: int, threads: int, accelerator: str
) -> None:
    """Train, or go on training, the identity network of RUN."""
    torch.set_num_threads(threads)
    chosen = identity_settings(settings)
    if render:
        render_missing(data, chosen, workers)
    module = IdentityTraining(chosen, read_people(data))
    last = run / "last.ckpt"
    trainer = L.Trainer(
        accelerator=accelerator,
        devices=1,
        max_steps=chosen.steps,
        logger=CSVLogger(run, name="log", version=0),
        log_every_n_steps=50,
        callbacks=[ModelCheckpoint(run, save_last=True, every_n_train_steps=250), TQDMProgressBar(refresh_rate=20)],
        enable_model_summary=False,
        use_distributed_sampler=False,
    )
    trainer.fit(module, ckpt_path=last if last.exists() else None, weights_only=True)
    trainer.save_checkpoint(last)
    network = module.average.eval()
    network.calibration = calibration = module.calibrate()
    save_identity(network, out)
    click.echo(
        f"cosine of one person's views {calibration.same:.3f}, of different people {calibration.different:.3f}, "
        f"on {calibration.people} people unseen in training; network in {out}"
    )


def render_missing(data: Path, settings: IdentitySettings, workers: int) -> None:
    """Render the people that DATA lacks, a hundred per file."""
    data.mkdir(parents=True, exist_ok=True)
    places = {first: data / f"{first:07d}.npz" for first in range(0, settings.people, SHARD)}
    todo = {first: path for first, path in places.items() if not path.exists()}
    if not todo:
        return
    with ProcessPoolExecutor(workers) as pool:
        jobs = [pool.submit(render_people, path, first, settings) for first, path in todo.items()]
        for job in tqdm(jobs, unit=f"{SHARD} people"):
            job.result()


if __name__ == "__main__":
    main()
