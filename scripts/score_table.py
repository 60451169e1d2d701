"""Measures how well every version of the scores ranks held-out portraits; writes the tables of `docs/scores.md`.

    python -m scripts.score_table --count 2000 --workers 2

Portraits come from seeds below 1,000,000, which no training uses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click
import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy.stats import spearmanr
from tqdm import tqdm

from ohlora.labelling.scores import VERSIONS, compute_scores
from ohlora.labelling.scores.regions import MAP_SIZE
from ohlora.portraits import SAMPLINGS, render, sample_parameters
from scripts.pages import with_section
from segmentation.classes import FaceClass

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Spoil = Callable[[Bytes, Bytes, np.random.Generator], tuple[Bytes, Bytes]]

NAMES = ("eyes", "hair_color", "hair_length", "mouth", "pose")
CHUNK = 50
LEAVES_FRAME = 0.8
"""True hair length from which on the tips lie below the frame."""
PAGE = Path(__file__).resolve().parents[1] / "docs" / "scores.md"


@dataclass(frozen=True)
class Measured:
    """True attributes (N,) by name, and scores (N,) by kind of label map, version and name."""

    truth: dict[str, Floats]
    scores: dict[tuple[str, str, str], Floats]


def tilted(label_map: Bytes, image: Bytes, random: np.random.Generator) -> tuple[Bytes, Bytes]:
    """Turned in the picture's plane by up to 20 degrees."""
    angle = random.uniform(-20.0, 20.0)
    turned = Image.fromarray(image).rotate(angle, Image.Resampling.BILINEAR)
    return np.asarray(Image.fromarray(label_map).rotate(angle, Image.Resampling.NEAREST)), np.asarray(turned)


def rescaled(label_map: Bytes, image: Bytes, random: np.random.Generator) -> tuple[Bytes, Bytes]:
    """Cropped wider or tighter, 0.8 to 1.15 times the size."""
    margin = 0.5 * MAP_SIZE * (1.0 - 1.0 / random.uniform(0.8, 1.15))
    near, far = round(margin), round(MAP_SIZE - margin)
    box = (near, near, far, far)
    size = (MAP_SIZE, MAP_SIZE)
    crop = Image.fromarray(image).crop(box).resize(size, Image.Resampling.BILINEAR)
    return np.asarray(Image.fromarray(label_map).crop(box).resize(size, Image.Resampling.NEAREST)), np.asarray(crop)


def coarse(label_map: Bytes, image: Bytes, random: np.random.Generator) -> tuple[Bytes, Bytes]:
    """Label map of 64 x 64, enlarged."""
    small = Image.fromarray(label_map).resize((64, 64), Image.Resampling.NEAREST)
    return np.asarray(small.resize((MAP_SIZE, MAP_SIZE), Image.Resampling.NEAREST)), image


def specked(label_map: Bytes, image: Bytes, random: np.random.Generator) -> tuple[Bytes, Bytes]:
    """Six specks of random classes."""
    result = label_map.copy()
    for _ in range(6):
        y, x = random.integers(0, MAP_SIZE - 5, size=2)
        height, width = random.integers(1, 6, size=2)
        result[y : y + height, x : x + width] = random.integers(1, len(FaceClass))
    return result, image


def one_eyed(label_map: Bytes, image: Bytes, random: np.random.Generator) -> tuple[Bytes, Bytes]:
    """The left eye taken for skin."""
    return np.where(label_map == FaceClass.LEFT_EYE, np.uint8(FaceClass.FACE_SKIN), label_map), image


SPOILS: dict[str, Spoil] = {
    "tilted": tilted,
    "cropped differently": rescaled,
    "64 x 64": coarse,
    "specks": specked,
    "one eye missing": one_eyed,
}


def measure_chunk(sampling: str, first: int, spoiled: bool) -> Measured:
    """Render and score `CHUNK` portraits from a seed on; `spoiled` also on label maps made worse."""
    portraits = [render(sample_parameters(s, sampling), MAP_SIZE, MAP_SIZE) for s in range(first, first + CHUNK)]
    exact = [(p.label_map, p.image) for p in portraits if p.label_map is not None]
    kinds = {"exact": exact}
    if spoiled:
        random = np.random.default_rng(first)
        kinds |= {kind: [spoil(*pair, random) for pair in exact] for kind, spoil in SPOILS.items()}
    scores = {}
    for kind, pairs in kinds.items():
        label_maps, images = (np.stack(parts) for parts in zip(*pairs, strict=True))
        for version in VERSIONS:
            values = compute_scores(label_maps, images, version).values
            scores.update({(kind, version, name): values[name] for name in NAMES})
    return Measured({name: np.array([p.truth[name] for p in portraits]) for name in NAMES}, scores)


def joined(parts: list[Measured]) -> Measured:
    """The measurements of all chunks, one after the other."""
    truth = {name: np.concatenate([part.truth[name] for part in parts]) for name in NAMES}
    kinds = parts[0].scores
    return Measured(truth, {key: np.concatenate([p.scores[key] for p in parts if key in p.scores]) for key in kinds})


def correlation(measured: Measured, kind: str, version: str, name: str, long_hair: bool = False) -> str:
    """Spearman's coefficient as it stands in a table, with the number of missing scores where there are any."""
    scores = measured.scores[kind, version, name]
    truth = measured.truth[name][: len(scores)]
    wanted = truth >= LEAVES_FRAME if long_hair else np.isfinite(truth)
    both = wanted & np.isfinite(scores)
    missing = int(wanted.sum() - both.sum())
    # Ranks of equal scores don't correlate with anything: v2's pose is 0 for every face with one eye.
    ranked = both.sum() > 2 and np.ptp(scores[both]) > 0.0
    cell = f"{spearmanr(scores[both], truth[both]).statistic:.3f}" if ranked else "none"
    return f"{cell} ({missing} missing)" if missing else cell


def agreement_rows(results: dict[str, Measured]) -> Iterator[str]:
    """Rows of the first table."""
    columns = [(sampling, version) for sampling in results for version in VERSIONS]
    yield "| attribute | " + " | ".join(f"{sampling}, {version}" for sampling, version in columns) + " |"
    yield "|---" * (len(columns) + 1) + "|"
    for name in NAMES:
        yield f"| {name} | " + " | ".join(correlation(results[s], "exact", v, name) for s, v in columns) + " |"
    cells = [correlation(results[s], "exact", v, "hair_length", long_hair=True) for s, v in columns]
    yield "| *hair_length, hair below the frame* | " + " | ".join(cells) + " |"
    count, samplings = len(next(iter(results.values())).truth["pose"]), " and ".join(results)
    yield f"\n{count:,} portraits of each sampling ({samplings})."


def robustness_rows(measured: Measured, sampling: str) -> Iterator[str]:
    """Rows of the second table."""
    yield "| label maps | version | " + " | ".join(NAMES) + " |"
    yield "|---" * (len(NAMES) + 2) + "|"
    for kind in SPOILS:
        for version in VERSIONS:
            cells = " | ".join(correlation(measured, kind, version, name) for name in NAMES)
            yield f"| {kind} | {version} | {cells} |"
    yield f"\n{len(measured.scores[next(iter(SPOILS)), 'v3', 'pose']):,} portraits of the sampling {sampling}."


@click.command()
@click.option("--count", type=click.IntRange(CHUNK), default=2000, show_default=True, help="Portraits a sampling.")
@click.option("--spoiled", type=click.IntRange(CHUNK), default=500, show_default=True, help="Portraits made worse.")
@click.option("--first-seed", type=click.IntRange(0, 990_000), default=500_000, show_default=True)
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True)
def main(count: int, spoiled: int, first_seed: int, workers: int) -> None:
    """Measure all versions of the scores and write the tables of docs/scores.md."""
    starts = range(first_seed, first_seed + count, CHUNK)
    results = {}
    with ProcessPoolExecutor(workers) as pool:
        for sampling in SAMPLINGS:
            spoil = [sampling == SAMPLINGS[-1] and start < first_seed + spoiled for start in starts]
            work = pool.map(partial(measure_chunk, sampling), starts, spoil)
            results[sampling] = joined(list(tqdm(work, total=len(starts), desc=sampling, unit="x 50 portraits")))
    page = with_section(PAGE.read_text(encoding="utf-8"), "agreement", agreement_rows(results))
    page = with_section(page, "robustness", robustness_rows(results[SAMPLINGS[-1]], SAMPLINGS[-1]))
    PAGE.write_text(page, encoding="utf-8")
    click.echo(f"wrote {PAGE}")


if __name__ == "__main__":
    main()
