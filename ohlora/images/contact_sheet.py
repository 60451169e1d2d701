"""Many pictures in one: grids of tiles with captions."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from ohlora.errors import SettingsError
from ohlora.images.pictures import open_picture


@dataclass(frozen=True)
class SheetStyle:
    """How a sheet looks.

    Attributes:
        columns: Tiles per row; fewer images than that make a narrower sheet.
        tile: Width and height of a tile in pixels; images keep their shape inside it.
        gap: Pixels between tiles.
        margin: Pixels around the grid.
        paper: RGB colour of the sheet.
        ink: RGB colour of title and captions.
        font_size: Height of the captions in pixels; the title is half as large again.
    """

    columns: int = 8
    tile: int = 128
    gap: int = 6
    margin: int = 16
    paper: tuple[int, int, int] = (255, 255, 255)
    ink: tuple[int, int, int] = (38, 38, 44)
    font_size: int = 13

    def __post_init__(self) -> None:
        if self.columns < 1 or self.tile < 8:
            raise SettingsError(f"expected at least 1 column and tiles of 8 pixels, got {self.columns} and {self.tile}")
        if min(self.gap, self.margin) < 0 or self.font_size < 6:
            raise SettingsError("expected a gap and a margin of 0 or more and a font of at least 6 pixels")


def contact_sheet(
    images: Sequence[Image.Image | Path],
    *,
    captions: Sequence[str] | None = None,
    row_labels: Sequence[str] | None = None,
    title: str = "",
    style: SheetStyle | None = None,
) -> Image.Image:
    """Lay images out in rows, left to right and top to bottom.

    Args:
        images: Pictures of any size and mode, or paths of them.
        captions: One short text under each image; a text that is wider than its tile is cut.
        row_labels: One text left of each row; lines are parted by line breaks.
        title: A line above the grid.
        style: Sizes and colours.

    Returns:
        An RGB picture.

    Raises:
        SettingsError: When there is no image, or captions or labels are not one per image or row.
        PictureError: When a path holds no readable picture.
    """
    style = style or SheetStyle()
    if not images:
        raise SettingsError("expected at least one image for a sheet, got none")
    if captions is not None and len(captions) != len(images):
        raise SettingsError(f"expected one caption per image, got {len(captions)} for {len(images)}")
    columns = min(style.columns, len(images))
    rows = -(-len(images) // columns)
    if row_labels is not None and len(row_labels) != rows:
        raise SettingsError(f"expected one label per row, got {len(row_labels)} for {rows}")
    caption_height = round(style.font_size * 1.6) if captions is not None else 0
    title_height = round(style.font_size * 2.6) if title else 0
    step_x, step_y = style.tile + style.gap, style.tile + caption_height + style.gap
    left = style.margin + _label_width(row_labels or (), style)
    size = (
        left + style.margin + columns * step_x - style.gap,
        2 * style.margin + title_height + rows * step_y - style.gap,
    )
    sheet = Image.new("RGB", size, style.paper)
    draw = ImageDraw.Draw(sheet)
    if title:
        draw.text((style.margin, style.margin), title, style.ink, ImageFont.load_default(round(style.font_size * 1.5)))
    for index, image in enumerate(images):
        x = left + index % columns * step_x
        y = style.margin + title_height + index // columns * step_y
        sheet.paste(_tile(image, style), (x, y))
        if captions is not None:
            _draw_caption(draw, captions[index], (x, y + style.tile), style)
    for row, text in enumerate(row_labels or ()):
        middle = style.margin + title_height + row * step_y + style.tile // 2
        draw.text((style.margin, middle), text, style.ink, ImageFont.load_default(style.font_size), anchor="lm")
    return sheet


def _label_width(labels: Sequence[str], style: SheetStyle) -> int:
    """Pixels that the labels take left of the grid, the space after them included."""
    font = ImageFont.load_default(style.font_size)
    lines = [line for label in labels for line in label.splitlines()]
    return round(max((font.getlength(line) for line in lines), default=-style.margin)) + style.margin


def _tile(image: Image.Image | Path, style: SheetStyle) -> Image.Image:
    if isinstance(image, Path):
        image = open_picture(image)
    # Enlarging pixels smoothly would hide how sharp they are.
    enlarges = max(image.size) < style.tile
    method = Image.Resampling.NEAREST if enlarges else Image.Resampling.LANCZOS
    return ImageOps.pad(image.convert("RGB"), (style.tile, style.tile), method, color=style.paper)


def _draw_caption(draw: ImageDraw.ImageDraw, text: str, corner: tuple[int, int], style: SheetStyle) -> None:
    font = ImageFont.load_default(style.font_size)
    while len(text) > 1 and draw.textlength(text, font) > style.tile:
        text = text[:-2].rstrip() + "…"
    offset = (style.tile - draw.textlength(text, font)) / 2
    draw.text((corner[0] + offset, corner[1] + style.font_size * 0.2), text, style.ink, font)
