"""Trains the embedded discriminator against the finished generator; the same command goes on after any interruption.

python -m scripts.train_discriminator --data data/core --model ohlora/models/portraits --run runs/discriminator
"""

from __future__ import annotations

from pathlib import Path

import click
import lightning as L
import torch
from lightning.pytorch.callbacks import ModelCheckpoint, TQDMProgressBar
from lightning.pytorch.loggers import CSVLogger

from ohlora.pretraining.discriminator_training import DiscriminatorTraining
from ohlora.pretraining.render_shards import PortraitShards
from ohlora.pretraining.settings import discriminator_settings
from stylegan import from_pretrained, save_pretrained


@click.command()
@click.option(
    "--data", type=click.Path(path_type=Path, exists=True), multiple=True, required=True, help="Folders of shards."
)
@click.option(
    "--model", type=click.Path(path_type=Path, exists=True), required=True, help="Generator's folder; gets the result."
)
@click.option("--run", type=click.Path(path_type=Path), required=True, help="Folder of checkpoints and logs.")
@click.option("--start", type=click.Path(path_type=Path, exists=True), help="Folder of a discriminator to go on from.")
@click.option("--settings", type=click.Path(path_type=Path), default=Path("scripts/portraits.toml"), show_default=True)
@click.option("--threads", type=click.IntRange(1), default=1, show_default=True)
@click.option("--accelerator", default="auto", show_default=True)
def main(
    data: tuple[Path, ...],
    model: Path,
    run: Path,
    start: Path | None,
    settings: Path,
    threads: int,
    accelerator: str,
) -> None:
    """Train, or go on training, the discriminator of RUN."""
    torch.set_num_threads(threads)
    chosen = discriminator_settings(settings)
    before = None if start is None else from_pretrained(start, "discriminator")
    module = DiscriminatorTraining(chosen, PortraitShards(*data), from_pretrained(model), before)
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
    save_pretrained(module.average, model, dtype=torch.float16)


if __name__ == "__main__":
    main()
