"""Draws docs/images/styles.jpg, one person in seven styles, and styles_people.jpg, six people in each.

python -m scripts.draw_styles_sheet
"""

from __future__ import annotations

from pathlib import Path

import click
from PIL import Image

from ohlora.images.contact_sheet import SheetStyle, contact_sheet
from ohlora.portraits import render, sample_parameters
from ohlora.portraits.styles import STYLES

_PEOPLE = (6, 4, 16, 13, 46, 26)


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=Path("docs/images"), show_default=True)
def main(out: Path) -> None:
    """Draw the sheets."""
    out.mkdir(parents=True, exist_ok=True)
    one = [_drawn(_PEOPLE[3], style, 288) for style in STYLES]
    contact_sheet(one, style=SheetStyle(columns=4, tile=288, gap=2, margin=4)).save(out / "styles.jpg", quality=84)
    people = [_drawn(seed, style, 160) for seed in _PEOPLE for style in STYLES]
    sheet = contact_sheet(people, style=SheetStyle(columns=len(STYLES), tile=160, gap=2, margin=4))
    sheet.save(out / "styles_people.jpg", quality=84)


def _drawn(seed: int, style: str, size: int) -> Image.Image:
    return Image.fromarray(render(sample_parameters(seed, "everyone"), size, style=style).image)


if __name__ == "__main__":
    main()
