"""Trains the embedded networks on rendered portraits; the same command goes on after any interruption.

python -m scripts.render_training_set --out data/core
python -m scripts.pretrain generator --data data/core --run runs/generator
python -m scripts.pretrain discriminator --data data/core --model ohlora/models/portraits --run runs/discriminator
python -m scripts.pretrain parser --data data/full --data data/core --run runs/parser --out segmentation/models/portraits
python -m scripts.pretrain identity --data data/identity --run runs/identity --out ohlora/models/identity
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import torch

from ohlora.cli.options import device_option
from ohlora.device import ComputeSettings
from ohlora.evaluation.identity import save_identity
from ohlora.pretraining.discriminator_training import DiscriminatorTraining
from ohlora.pretraining.generator_training import Distillation
from ohlora.pretraining.identity_training import IdentityTraining
from ohlora.pretraining.parser_training import ParserTraining
from ohlora.pretraining.people import read_people, render_missing
from ohlora.pretraining.render_shards import PortraitShards
from ohlora.pretraining.settings import discriminator_settings, generator_settings, identity_settings, parser_settings
from ohlora.training.stepped import SteppedModule
from ohlora.training.trainer import fit
from segmentation import CLASS_NAMES, load_portrait_parser, save_parser
from stylegan import from_pretrained, save_pretrained

LAST = "last.ckpt"
_FOLDER = click.Path(path_type=Path)
_EXISTING = click.Path(path_type=Path, exists=True)
_DATA = click.option("--data", type=_EXISTING, multiple=True, required=True, help="Folders of shards.")


def training_options(command: Callable[..., None]) -> Callable[..., None]:
    """Adds what all four trainings are told: their run, settings, threads, device and precision."""
    for option in (
        click.option("--precision", type=click.Choice(("auto", "fp32", "bf16")), default="auto"),
        device_option,
        click.option("--threads", type=click.IntRange(1), default=1, help="Threads of a CPU."),
        click.option("--settings", type=_EXISTING, default=Path("scripts/portraits.toml"), help="Settings file."),
        click.option("--run", type=_FOLDER, required=True, help="Folder of checkpoint and logs."),
    ):
        command = option(command)
    return command


def prepare(threads: int, device: str, precision: str) -> ComputeSettings:
    """Sets torch's threads, and resolves where a training computes."""
    torch.set_num_threads(threads)
    return ComputeSettings.find(device, precision, devices=1)


def train(module: SteppedModule, run: Path, compute: ComputeSettings) -> None:
    """Trains a module in its run's folder, from the last checkpoint there."""
    fit(module, run / LAST, module.steps, compute, run, "training")


@click.group(context_settings={"show_default": True})
def main() -> None:
    """Train the embedded networks."""


@main.command()
@_DATA
@click.option("--loss-parser", type=_EXISTING, help="Folder of a frozen parser for the loss.")
@click.option("--start", type=_EXISTING, help="Folder of a trained generator to go on from.")
@training_options
def generator(
    data: tuple[Path, ...], loss_parser: Path | None, start: Path | None, run: Path, settings: Path, **chosen: Any
) -> None:
    """The generator; `scripts.export_generator` makes a model of the run."""
    compute = prepare(**chosen)
    parser = None if loss_parser is None else load_portrait_parser(loss_parser)
    before = None if start is None else from_pretrained(start)
    shards = PortraitShards(*data)
    train(
        Distillation(generator_settings(settings), shards, parser, run / "previews", before, compute.dtype),
        run,
        compute,
    )


@main.command()
@_DATA
@click.option("--model", type=_EXISTING, required=True, help="The finished generator's folder, which gets the result.")
@click.option("--start", type=_EXISTING, help="Folder of a discriminator to go on from.")
@training_options
def discriminator(
    data: tuple[Path, ...], model: Path, start: Path | None, run: Path, settings: Path, **chosen: Any
) -> None:
    """The discriminator, against the finished generator."""
    compute = prepare(**chosen)
    before = None if start is None else from_pretrained(start, "discriminator")
    shards, finished = PortraitShards(*data), from_pretrained(model)
    module = DiscriminatorTraining(discriminator_settings(settings), shards, finished, before, compute.dtype)
    train(module, run, compute)
    save_pretrained(module.ema.averaged(module.discriminator), model, dtype=torch.float16)


@main.command()
@_DATA
@click.option("--out", type=_FOLDER, required=True, help="Folder that gets the parser.")
@click.option("--table", default="parser", help="Table of the settings file.")
@click.option("--limit", type=click.IntRange(1), help="Use so many shards only.")
@training_options
def parser(
    data: tuple[Path, ...], out: Path, table: str, limit: int | None, run: Path, settings: Path, **chosen: Any
) -> None:
    """The face parser."""
    compute = prepare(**chosen)
    shards = PortraitShards(*data, limit=limit)
    module = ParserTraining(parser_settings(settings, table), shards, dtype=compute.dtype)
    train(module, run, compute)
    iou, accuracy = module.evaluate(module.held_out)
    save_parser(module.ema.averaged(module.parser), out, half=True)
    for name, value in zip(CLASS_NAMES, iou.tolist(), strict=True):
        click.echo(f"{name:14s} IoU {value:.3f}")
    click.echo(f"mean IoU {iou.mean():.4f}, gender accuracy {accuracy:.4f}, on {module.held_out} unseen portraits")


@main.command()
@click.option("--data", type=_FOLDER, required=True, help="Folder of the rendered people.")
@click.option("--out", type=_FOLDER, required=True, help="Folder that gets the network.")
@click.option("--render/--no-render", default=True, help="Render people that are missing in DATA.")
@click.option("--workers", type=click.IntRange(1), default=2, help="Processes that render.")
@training_options
def identity(data: Path, out: Path, render: bool, workers: int, run: Path, settings: Path, **chosen: Any) -> None:
    """The network that tells people apart; first renders the people that are missing."""
    compute, wanted = prepare(**chosen), identity_settings(settings)
    if render:
        render_missing(data, wanted, workers)
    module = IdentityTraining(wanted, read_people(data))
    train(module, run, compute)
    network = module.ema.averaged(module.network)
    network.calibration = calibration = module.calibrate()
    save_identity(network, out)
    click.echo(
        f"cosine of one person's views {calibration.same:.3f}, of different people {calibration.different:.3f}, "
        f"on {calibration.people} people unseen in training; network in {out}"
    )


if __name__ == "__main__":
    main()
