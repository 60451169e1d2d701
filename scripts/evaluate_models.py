"""Measures the embedded generator and parser against renders that no training has seen, and writes docs/embedded_models.md.

python -m scripts.render_training_set --out data/held_out --first-seed 0 --count 10000
python -m scripts.evaluate_models --held-out data/held_out --training data/core
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import click
import numpy as np
import torch
from PIL import Image
from scipy.stats import spearmanr

from ohlora.evaluation import features
from ohlora.images.contact_sheet import SheetStyle, contact_sheet
from ohlora.portraits import TRUTH_NAMES
from ohlora.pretraining.render_shards import PortraitShards
from scripts.pages import with_section
from segmentation import CLASS_NAMES, load_portrait_parser
from segmentation.overlay import overlay_label_map
from stylegan import GeneratorNetwork, from_pretrained

PAGE = Path("docs/embedded_models.md")
SHEET = SheetStyle(columns=8, tile=128, gap=2, margin=4)


@click.command()
@click.option(
    "--held-out", type=click.Path(path_type=Path, exists=True), required=True, help="Shards of held-out renders."
)
@click.option(
    "--training", type=click.Path(path_type=Path, exists=True), required=True, help="Shards of other renders."
)
@click.option(
    "--generator", "generator_folder", type=click.Path(path_type=Path), default=Path("ohlora/models/portraits")
)
@click.option(
    "--parser", "parser_folder", type=click.Path(path_type=Path), default=Path("segmentation/models/portraits")
)
@click.option("--count", type=click.IntRange(100), default=10_000, show_default=True, help="Held-out renders.")
@click.option(
    "--generated", type=click.IntRange(100), default=5_000, show_default=True, help="Generated faces, other renders."
)
@click.option("--cache", type=click.Path(path_type=Path), default=Path("runs/evaluation"), show_default=True)
@click.option("--out", type=click.Path(path_type=Path), default=Path("docs/embedded_models.json"), show_default=True)
@click.option("--pictures", type=click.Path(path_type=Path), default=Path("docs/images"), show_default=True)
@click.option("--threads", type=click.IntRange(1), default=2, show_default=True)
def main(
    held_out: Path,
    training: Path,
    generator_folder: Path,
    parser_folder: Path,
    count: int,
    generated: int,
    cache: Path,
    out: Path,
    pictures: Path,
    threads: int,
) -> None:
    """Measure the embedded models."""
    torch.set_num_threads(threads)
    parser = load_portrait_parser(parser_folder).eval()
    shards = -(-count // 1000)
    held = PortraitShards(held_out, limit=shards)
    weights = sha256((parser_folder / "parser.safetensors").read_bytes()).hexdigest()[:12]
    real = features.parse_cached(held.images[:count], parser, cache / f"held_out_{count}_{weights}.npz")
    others = PortraitShards(training, limit=-(-generated // 1000)).images[:generated]
    other = features.parse_cached(others, parser, cache / f"training_{generated}_{weights}.npz")
    if not generator_folder.exists():
        raise click.UsageError(f"no generator at {generator_folder}; the renders are parsed, run this again with it")
    generator = from_pretrained(generator_folder).eval()
    fake = features.parse(features.generate(generator, generated, seed=0), parser)
    report = {
        "count": count,
        "generated": generated,
        "parser": parser_figures(held, real, count),
        "generator": generator_figures(real, other, fake),
    }
    out.write_text(json.dumps(report, indent=1) + "\n")
    click.echo(json.dumps(report, indent=1))
    if PAGE.exists():
        PAGE.write_text(
            with_section(
                with_section(PAGE.read_text(), "parser", parser_rows(report)), "generator", generator_rows(report)
            )
        )
    draw_sheets(generator, fake, pictures)


def parser_figures(held: PortraitShards, real: features.ParsedSet, count: int) -> dict[str, object]:
    """IoU per class, rank correlation of the scores with the truth, gender accuracy."""
    ious = features.class_ious(held.labels[:count], real.labels)
    truth = {name: held.truth[:count, i] for i, name in enumerate(TRUTH_NAMES)}
    spearman = {
        name: float(spearmanr(real.scores[name], truth[name], nan_policy="omit").statistic) for name in features.JUDGED
    }
    accuracy = float(((real.scores["gender"] > 0.5) == (truth["gender"] > 0.5)).mean())
    return {
        "miou": float(ious.mean()),
        "iou": dict(zip(CLASS_NAMES, ious.tolist(), strict=True)),
        "spearman": spearman,
        "gender_accuracy": accuracy,
    }


def generator_figures(
    real: features.ParsedSet, other: features.ParsedSet, fake: features.ParsedSet
) -> dict[str, object]:
    """Distances as ratios to render-against-render, precision and recall, sharpness, spread of the scores."""
    base, generated = (features.distances(real.features, s.features) for s in (other, fake))
    sharp_real, sharp_fake = (features.gradient_magnitude(s.images, s.labels) for s in (real, fake))
    return {
        "distances": generated,
        "render_against_render": base,
        "frechet_ratio": generated["frechet"] / base["frechet"],
        **features.precision_recall(real.features, fake.features),
        "render_precision_recall": features.precision_recall(real.features, other.features),
        "sharpness": {name: sharp_fake[name] / sharp_real[name] for name in sharp_real},
        "spread": features.spreads(real, fake),
        "missing": {name: float(np.isnan(fake.scores[name]).mean()) for name in features.JUDGED},
    }


def parser_rows(report: dict[str, Any]) -> Iterator[str]:
    """The parser's figures as lines of Markdown."""
    parser = report["parser"]
    yield "| class | IoU |"
    yield "|---|---|"
    yield from (f"| {name} | {value:.3f} |" for name, value in parser["iou"].items())
    yield f"| **mean** | **{parser['miou']:.3f}** |"
    yield ""
    yield "| score (v3) | Spearman with the truth |"
    yield "|---|---|"
    yield from (f"| {name} | {value:.3f} |" for name, value in parser["spearman"].items())
    yield f"| gender | accuracy {parser['gender_accuracy']:.3f} |"


def generator_rows(report: dict[str, Any]) -> Iterator[str]:
    """The generator's figures as lines of Markdown."""
    g = report["generator"]
    base, other = g["distances"], g["render_against_render"]
    real = g["render_precision_recall"]
    yield "| figure | generated faces | other renders |"
    yield "|---|---|---|"
    yield f"| Frechet distance to held-out renders | {base['frechet']:.3f} | {other['frechet']:.3f} |"
    yield f"| kernel distance | {base['kernel']:.3f} | {other['kernel']:.3f} |"
    yield f"| precision | {g['precision']:.3f} | {real['precision']:.3f} |"
    yield f"| recall | {g['recall']:.3f} | {real['recall']:.3f} |"
    yield from (f"| sharpness, {name} | {value:.3f} | 1 |" for name, value in g["sharpness"].items())
    yield from (f"| spread of {name} | {value:.3f} | 1 |" for name, value in g["spread"].items())
    yield f"\n{report['generated']:,} of each, against {report['count']:,} held-out renders; truncation 1."


def draw_sheets(generator: GeneratorNetwork, fake: features.ParsedSet, pictures: Path) -> None:
    """Sheets of 64 random faces at truncation 0.7 and 1.0, the README's first 24 of them, and 200 parsed faces."""
    pictures.mkdir(parents=True, exist_ok=True)
    for psi in (0.7, 1.0):
        images = features.generate(generator, 64, seed=64, truncation=psi)
        faces = [Image.fromarray(image) for image in images]
        contact_sheet(faces, style=SHEET).save(pictures / f"generator_psi{psi:.1f}.png", optimize=True)
        if psi < 1.0:
            contact_sheet(faces[:24], style=SHEET).save(pictures / "samples.png", optimize=True)
    pairs = zip(fake.images[:200], fake.labels[:200], strict=True)
    overlays = [Image.fromarray(overlay_label_map(image, label_map)) for image, label_map in pairs]
    contact_sheet(overlays, style=SheetStyle(columns=20, tile=96, gap=2, margin=4)).save(
        pictures / "parsed_faces.jpg", quality=88
    )


if __name__ == "__main__":
    main()
