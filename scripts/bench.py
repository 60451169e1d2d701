"""Speeds on this machine, medians over several runs: `make bench`.

    python -m scripts.bench --threads 2

What is not installed or not embedded is skipped, and the line says so.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import click
import numpy as np
import torch

from ohlora.device import resolve_device
from ohlora.errors import is_user_error
from ohlora.hub import load_generator, load_parser, resolve_model
from ohlora.labelling.scores import compute_scores
from segmentation import load_portrait_parser
from segmentation.crops import CROP_SIZE


@dataclass(frozen=True)
class Speed:
    """One measurement.

    Attributes:
        name: What was measured.
        seconds: Median time of one run, by the clock on the wall.
        busy: Median time that this process computed in a run, over all its threads; less than `seconds` where other
            programs hold the cores.
        runs: How many were timed.
        per_second: What a run makes, and how many of it, where a rate says more than a time.
    """

    name: str
    seconds: float
    busy: float
    runs: int
    per_second: tuple[str, int] | None = None

    def __str__(self) -> str:
        if self.per_second is None:
            text = f"{self.seconds * 1000:9.1f} ms"
        else:
            what, count = self.per_second
            text = f"{count / self.seconds:9.1f} {what}/s"
        return f"{self.name:<44}{text}   (median of {self.runs}; {self.busy * 1000:.1f} ms of computing)"


def timed(name: str, action: Callable[[], object], runs: int, per_second: tuple[str, int] | None = None) -> Speed:
    """Runs an action twice to warm up and then `runs` times; returns the median."""
    for _ in range(2):
        action()
    times, busy = [], []
    for _ in range(runs):
        start, computed = time.perf_counter(), time.process_time()
        action()
        times.append(time.perf_counter() - start)
        busy.append(time.process_time() - computed)
    return Speed(name, median(times), median(busy), runs, per_second)


@torch.inference_mode()
def bench_generator(device: torch.device, runs: int) -> Speed:
    """Measures z to image at batch 1, the image on the CPU included."""
    generator = load_generator("portraits", device)
    z = torch.randn(1, generator.z_dim, device=device)

    def draw() -> torch.Tensor:
        return generator.synthesise(generator.truncate(generator.map(z), 1.0)).cpu()

    return timed(f"generator, batch 1, {generator.resolution}x{generator.resolution}", draw, runs)


@torch.inference_mode()
def bench_parser_network(device: torch.device, runs: int) -> Speed:
    """Measures the parser's network alone at batch 1."""
    parser = load_portrait_parser(resolve_model("portraits", "parser")).to(device)
    image = torch.randn(1, 3, parser.config.size, parser.config.size, device=device)
    return timed("parser network, batch 1", lambda: parser(image)["segmentation"].cpu(), runs)


def bench_parser(device: torch.device, runs: int) -> Speed:
    """Measures an image to its label map of 224x224 and its crop."""
    parser = load_parser("portraits", str(device))
    image = np.random.default_rng(0).integers(0, 256, (256, 256, 3), dtype=np.uint8)
    return timed("parser, image to label map, batch 1", lambda: parser(image), runs)


def bench_scores(device: torch.device, runs: int) -> Speed:
    """Measures the scores of 256 label maps, 32 portraits eight times over."""
    from ohlora.portraits import render, sample_parameters

    portraits = [render(sample_parameters(seed), size=CROP_SIZE, label_size=CROP_SIZE) for seed in range(32)]
    maps = np.stack([portrait.label_map for portrait in portraits if portrait.label_map is not None] * 8)
    images = np.stack([portrait.image for portrait in portraits] * 8)
    return timed("scores v3 of 256 label maps, one core", lambda: compute_scores(maps, images), max(3, runs // 5))


def bench_renderer(device: torch.device, runs: int) -> Speed:
    """Measures portraits drawn at 256x256 with their label maps, on one core."""
    from ohlora.portraits import render, sample_parameters

    seeds = iter(range(10**9))
    batch = 5

    def draw() -> None:
        for _ in range(batch):
            render(sample_parameters(next(seeds)), size=256, label_size=CROP_SIZE)

    return timed("renderer, 256x256, on one core", draw, max(3, runs // 5), ("portraits", batch))


BENCHES = (bench_generator, bench_parser_network, bench_parser, bench_scores, bench_renderer)


@click.command()
@click.option("--threads", type=click.IntRange(min=1), default=2, show_default=True, help="For the networks.")
@click.option("--runs", type=click.IntRange(min=1), default=30, show_default=True, help="Timed runs of each network.")
@click.option("--device", default="cpu", show_default=True, help="auto, cpu, cuda or mps.")
def main(threads: int, runs: int, device: str) -> None:
    """Measure the speeds that the documentation states."""
    torch.set_num_threads(threads)
    place = resolve_device(device)
    click.echo(f"{torch.get_num_threads()} threads, {place}, torch {torch.__version__}")
    for bench in BENCHES:
        try:
            click.echo(str(bench(place, runs)))
        except ImportError as error:
            click.echo(f"{bench.__name__.removeprefix('bench_')}: skipped, {error.name} is not installed")
        except ValueError as error:
            if not is_user_error(error):
                raise
            click.echo(f"{bench.__name__.removeprefix('bench_')}: skipped, {error}")


if __name__ == "__main__":
    main()
