"""Trains a portrait parser; the same command goes on after any interruption, and writes the parser's folder at the end.

python -m scripts.render_training_set --out data/full --sampling full --count 12000
python -m scripts.train_parser --data data/full --data data/core --run runs/parser --out segmentation/models/portraits
"""

from __future__ import annotations

from pathlib import Path

import click
import lightning as L
import torch
from lightning.pytorch.callbacks import ModelCheckpoint, TQDMProgressBar
from lightning.pytorch.loggers import CSVLogger

from ohlora.pretraining.parser_training import ParserTraining
from ohlora.pretraining.render_shards import PortraitShards
from ohlora.pretraining.settings import parser_settings
from segmentation import CLASS_NAMES, save_parser


@click.command()
@click.option(
    "--data", type=click.Path(path_type=Path, exists=True), multiple=True, required=True, help="Folders of shards."
)
@click.option("--run", type=click.Path(path_type=Path), required=True, help="Folder of checkpoints and logs.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder that gets the parser.")
@click.option("--settings", type=click.Path(path_type=Path), default=Path("scripts/portraits.toml"), show_default=True)
@click.option("--table", default="parser", show_default=True, help="Table of the settings file.")
@click.option("--limit", type=click.IntRange(1), help="Use so many shards only.")
@click.option("--threads", type=click.IntRange(1), default=1, show_default=True)
@click.option("--accelerator", default="auto", show_default=True)
def main(
    data: tuple[Path, ...],
    run: Path,
    out: Path,
    settings: Path,
    table: str,
    limit: int | None,
    threads: int,
    accelerator: str,
) -> None:
    """Train, or go on training, the parser of RUN."""
    torch.set_num_threads(threads)
    chosen = parser_settings(settings, table)
    module = ParserTraining(chosen, PortraitShards(*data, limit=limit))
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
    iou, accuracy = module.evaluate(module.held_out)
    save_parser(module.average.eval(), out, half=True)
    for name, value in zip(CLASS_NAMES, iou.tolist(), strict=True):
        click.echo(f"{name:14s} IoU {value:.3f}")
    click.echo(
        f"mean IoU {iou.mean():.4f}, gender accuracy {accuracy:.4f}, on {module.held_out} portraits unseen in training"
    )


if __name__ == "__main__":
    main()
