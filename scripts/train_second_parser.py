"""Trains the evaluation's second parser on renders of its own; the same command goes on after an interruption.

    python -m scripts.render_training_set --out data/second/core --sampling core --count 2000 --first-seed 20000000
    python -m scripts.render_training_set --out data/second/full --sampling full --count 2000 --first-seed 30000000
    python -m scripts.train_second_parser --data data/second/core --data data/second/full --out runs/second_parser

In go renders that no other training has seen, out comes a folder for `ohlora evaluate --second-parser`. Everything else also differs from
the embedded parser's training: the shape, the seeds, the optimiser, float32, and how pictures are changed at random. It takes a quarter of
an hour on one core.
"""

from __future__ import annotations

import time
from pathlib import Path

import click
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ohlora.evaluation.second_parser import DilatedParser, save_second_parser
from ohlora.files import replacing
from ohlora.images.pixels import from_arrays
from ohlora.pretraining.render_shards import PortraitShards
from segmentation.classes import NUM_CLASSES

_SEED = 101
_BATCH = 16
_RATE = 4e-3
_GENDER = 0.3  # weight of the gender's loss
_MIRRORED = torch.tensor([0, 1, 3, 2, 5, 4, 6, 7, 8, 9, 10])  # left and right classes change places
_THIN = torch.tensor([1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 1.5, 2.0, 2.0, 2.0, 1.0])  # small classes lose most by a pixel
_KEEP_EVERY = 50


@click.command()
@click.option(
    "--data", type=click.Path(path_type=Path, exists=True), multiple=True, required=True, help="Folders of shards."
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder that gets the parser.")
@click.option("--steps", type=click.IntRange(1), default=1000, show_default=True, help="Batches of 16.")
@click.option(
    "--held-out", type=click.IntRange(1), default=50, show_default=True, help="Of every shard, for measuring."
)
@click.option("--compile", "compiled", is_flag=True, help="Compile the network first.")
def main(data: tuple[Path, ...], out: Path, steps: int, held_out: int, compiled: bool) -> None:
    """Train, or go on training, the parser in OUT."""
    torch.manual_seed(_SEED)
    shards = PortraitShards(*data)
    network = DilatedParser().to(memory_format=torch.channels_last)
    held = np.arange(len(shards)) % 1000 < held_out
    _train(network, shards, np.flatnonzero(~held), steps, out, compiled)
    save_second_parser(network.eval(), out)
    iou, accuracy = measure(network, shards, np.flatnonzero(held))
    click.echo(f"mean IoU {iou:.4f}, gender accuracy {accuracy:.4f}, on {held.sum()} renders unseen in training")


def _train(
    network: DilatedParser, shards: PortraitShards, rows: np.ndarray, steps: int, out: Path, compiled: bool
) -> None:
    optimizer = torch.optim.AdamW(network.parameters(), lr=_RATE, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _RATE, total_steps=steps, pct_start=0.15)
    state = out / "training.ckpt"
    first = _resume(state, network, optimizer, schedule)
    forward = torch.compile(network) if compiled else network
    started = time.monotonic()
    for step in range(first, steps):
        images, labels, gender = _batch(shards, rows, step)
        outputs = forward(images.contiguous(memory_format=torch.channels_last))
        pixel = F.cross_entropy(outputs["segmentation"], labels, weight=_THIN)
        sex = F.binary_cross_entropy_with_logits(outputs["gender"][:, 0], gender)
        optimizer.zero_grad()
        (pixel + _GENDER * sex).backward()
        optimizer.step()
        schedule.step()
        if (step + 1) % _KEEP_EVERY == 0:
            _keep(state, step + 1, network, optimizer, schedule)
            seconds = time.monotonic() - started
            click.echo(f"step {step + 1}: pixel {pixel:.3f}, gender {sex:.3f}, {seconds:.0f} s")


def _resume(path: Path, *parts: torch.nn.Module | torch.optim.Optimizer | torch.optim.lr_scheduler.LRScheduler) -> int:
    """Take over what an earlier run left; returns the steps that are done."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        return 0
    content = torch.load(path, map_location="cpu", weights_only=True)
    for part, kept in zip(parts, content["parts"], strict=True):
        part.load_state_dict(kept)
    return int(content["step"])


def _keep(
    path: Path, step: int, *parts: torch.nn.Module | torch.optim.Optimizer | torch.optim.lr_scheduler.LRScheduler
) -> None:
    with replacing(path) as temporary:
        torch.save({"step": step, "parts": [part.state_dict() for part in parts]}, temporary)


def _batch(shards: PortraitShards, rows: np.ndarray, step: int) -> tuple[Tensor, Tensor, Tensor]:
    """Images in [-1, 1], labels and genders of a step: mirrored, zoomed, turned a little, of other light and colour."""
    rng = np.random.default_rng([_SEED, step])
    chosen = rng.choice(rows, size=_BATCH, replace=False)
    images, labels = from_arrays(shards.images[chosen]), torch.from_numpy(shards.labels[chosen])
    if rng.random() < 0.5:
        images, labels = images.flip(3), _MIRRORED[labels.flip(2).long()]
    images, labels = _moved(images, labels.float(), rng)
    gain, shift = (
        torch.from_numpy(rng.uniform(low, high, (_BATCH, 3, 1, 1))).float() for low, high in ((0.8, 1.2), (-0.1, 0.1))
    )
    noise = torch.from_numpy(rng.standard_normal(images.shape, dtype=np.float32)) * float(rng.uniform(0.0, 0.04))
    gender = torch.from_numpy(shards.truth[chosen, 0])
    return (images * gain + shift + noise).clamp(-1.0, 1.0), labels.long(), gender


def _moved(images: Tensor, labels: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Every picture turned by up to 5 degrees, zoomed by up to a twelfth and shifted by up to 4 %."""
    angle, zoom = rng.uniform(-0.09, 0.09, _BATCH), rng.uniform(0.92, 1.08, _BATCH)
    cosine, sine = zoom * np.cos(angle), zoom * np.sin(angle)
    x, y = rng.uniform(-0.08, 0.08, (2, _BATCH))
    matrices = torch.from_numpy(np.stack([cosine, -sine, x, sine, cosine, y], axis=1).reshape(-1, 2, 3)).float()
    grid = F.affine_grid(matrices, list(images.shape), align_corners=False)
    moved = F.grid_sample(images, grid, "bilinear", "border", align_corners=False)
    return moved, F.grid_sample(labels[:, None], grid, "nearest", "border", align_corners=False)[:, 0]


@torch.no_grad()
def measure(network: DilatedParser, shards: PortraitShards, rows: np.ndarray) -> tuple[float, float]:
    """Mean IoU over classes and accuracy of gender on some renders."""
    confusion, right = torch.zeros(NUM_CLASSES**2), 0
    for part in np.array_split(rows, max(1, len(rows) // 32)):
        outputs = network(from_arrays(shards.images[part]))
        truth = torch.from_numpy(shards.labels[part]).long().flatten()
        guess = outputs["segmentation"].argmax(1).flatten()
        confusion += torch.bincount(truth * NUM_CLASSES + guess, minlength=NUM_CLASSES**2)
        right += int(((outputs["gender"][:, 0] > 0) == torch.from_numpy(shards.truth[part, 0] > 0.5)).sum())
    table = confusion.view(NUM_CLASSES, NUM_CLASSES)
    iou = table.diagonal() / (table.sum(0) + table.sum(1) - table.diagonal()).clamp_min(1.0)
    return float(iou.mean()), right / len(rows)


if __name__ == "__main__":
    main()
