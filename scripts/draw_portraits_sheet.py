"""Draws docs/images/portraits.png: 48 portraits of the full sampling, and portraits_labels.png, their exact label maps.

python -m scripts.draw_portraits_sheet
"""

from __future__ import annotations

from pathlib import Path

import click
from PIL import Image

from ohlora.images.contact_sheet import SheetStyle, contact_sheet
from ohlora.portraits import render, sample_parameters
from segmentation.overlay import color_label_map


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=Path("docs/images"), show_default=True)
@click.option("--first-seed", type=click.IntRange(0), default=300, show_default=True)
def main(out: Path, first_seed: int) -> None:
    """Draw the sheets."""
    out.mkdir(parents=True, exist_ok=True)
    portraits = [render(sample_parameters(first_seed + i), 160, label_size=160) for i in range(48)]
    style = SheetStyle(columns=8, tile=160, gap=2, margin=4)
    contact_sheet([Image.fromarray(p.image) for p in portraits], style=style).save(out / "portraits.png", optimize=True)
    maps = [Image.fromarray(color_label_map(p.label_map)) for p in portraits if p.label_map is not None]
    contact_sheet(maps, style=style).save(out / "portraits_labels.png", optimize=True)


if __name__ == "__main__":
    main()
