"""Draws the pictures of docs/portraits.md: 48 portraits of `full` and their label maps, 48 of `everyone`, one person in twelve kinds of hair.

python -m scripts.draw_portraits_sheet
"""

from __future__ import annotations

from pathlib import Path

import click
from PIL import Image

from ohlora.images.contact_sheet import SheetStyle, contact_sheet
from ohlora.portraits import PortraitParameters, render, sample_parameters
from segmentation.overlay import color_label_map

PERSON = PortraitParameters(
    edition=1.0, gender=0.75, skin_tone=0.35, hair_lightness=0.42, light_x=-0.4, smile=0.4, pose=0.12
)
TWELVE: tuple[dict[str, float], ...] = (
    {"hair_length": 0.95, "part": -0.3},
    {"hair_length": 0.9, "fringe": 1.0, "hair_blunt": 1.0},
    {"hair_length": 0.5, "hair_blunt": 1.0, "part": 0.5},
    {"hair_length": 0.8, "hair_wave": 0.85, "hair_layers": 0.3, "hair_volume": 0.8},
    {"hair_length": 0.7, "curl": 0.9, "hair_volume": 0.9, "frizz": 0.6},
    {"afro": 0.7},
    {"hair_length": 0.1, "fringe": 0.7, "fringe_side": -0.8, "hair_layers": 0.6},
    {"taper": 1.0, "top_length": 0.7, "top_sweep": 0.8, "hair_slick": 0.3},
    {"taper": 0.9, "top_length": 0.4, "top_spike": 1.0},
    {"bun": 0.7, "part": 0.2},
    {"braids": 0.7, "hair_length": 0.85},
    {"buzz": 0.5},
)
"""One person's hair in the twelve kinds that the page shows."""


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=Path("docs/images"), show_default=True)
@click.option("--first-seed", type=click.IntRange(0), default=300, show_default=True)
def main(out: Path, first_seed: int) -> None:
    """Draw the sheets."""
    out.mkdir(parents=True, exist_ok=True)
    style = SheetStyle(columns=8, tile=160, gap=2, margin=4)
    portraits = [render(sample_parameters(first_seed + i), 160, label_size=160) for i in range(48)]
    contact_sheet([Image.fromarray(p.image) for p in portraits], style=style).save(out / "portraits.png", optimize=True)
    maps = [Image.fromarray(color_label_map(p.label_map)) for p in portraits if p.label_map is not None]
    contact_sheet(maps, style=style).save(out / "portraits_labels.png", optimize=True)
    people = [render(sample_parameters(first_seed + i, "everyone"), 160).image for i in range(48)]
    _save(contact_sheet([Image.fromarray(image) for image in people], style=style), out / "everyone.jpg")
    kinds = [render(PERSON.replace(**values), 220).image for values in TWELVE]
    style = SheetStyle(columns=6, tile=220, gap=2, margin=4)
    _save(contact_sheet([Image.fromarray(image) for image in kinds], style=style), out / "hair.jpg")


def _save(sheet: Image.Image, path: Path) -> None:
    sheet.convert("RGB").save(path, quality=86, optimize=True)


if __name__ == "__main__":
    main()
