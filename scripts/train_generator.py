"""Trains the embedded generator on rendered portraits; the same command goes on after any interruption.

python -m scripts.render_training_set --out data/core
python -m scripts.train_generator --data data/core --run runs/generator
"""

from __future__ import annotations

from pathlib import Path

import click
import lightning as L
import torch
from lightning.pytorch.callbacks import ModelCheckpoint, TQDMProgressBar
from lightning.pytorch.loggers import CSVLogger

from ohlora.pretraining.generator_training import Distillation
from ohlora.pretraining.render_shards import PortraitShards
from ohlora.pretraining.settings import generator_settings
from segmentation import load_portrait_parser
from stylegan import from_pretrained


@click.command()
@click.option(
    "--data", type=click.Path(path_type=Path, exists=True), multiple=True, required=True, help="Folders of shards."
)
@click.option("--run", type=click.Path(path_type=Path), required=True, help="Folder of checkpoints, logs and previews.")
@click.option("--settings", type=click.Path(path_type=Path), default=Path("scripts/portraits.toml"), show_default=True)
@click.option(
    "--loss-parser", type=click.Path(path_type=Path, exists=True), help="Folder of a frozen parser for the loss."
)
@click.option(
    "--start", type=click.Path(path_type=Path, exists=True), help="Folder of a trained generator to go on from."
)
@click.option("--threads", type=click.IntRange(1), default=1, show_default=True)
@click.option("--accelerator", default="auto", show_default=True)
def main(
    data: tuple[Path, ...],
    run: Path,
    settings: Path,
    loss_parser: Path | None,
    start: Path | None,
    threads: int,
    accelerator: str,
) -> None:
    """Train, or go on training, the generator of RUN."""
    torch.set_num_threads(threads)
    chosen = generator_settings(settings)
    parser = None if loss_parser is None else load_portrait_parser(loss_parser)
    module = Distillation(
        chosen, PortraitShards(*data), parser, previews=run / "previews", start=start and from_pretrained(start)
    )
    last = run / "last.ckpt"
    trainer = L.Trainer(
        accelerator=accelerator,
        devices=1,
        max_steps=chosen.total_steps,
        logger=CSVLogger(run, name="log", version=0),
        log_every_n_steps=50,
        callbacks=[ModelCheckpoint(run, save_last=True, every_n_train_steps=200), TQDMProgressBar(refresh_rate=20)],
        enable_model_summary=False,
        use_distributed_sampler=False,
    )
    trainer.fit(module, ckpt_path=last if last.exists() else None, weights_only=True)
    trainer.save_checkpoint(last)


if __name__ == "__main__":
    main()
