"""A picture as people see it: from whatever form its file has to upright 8-bit sRGB.

Viewers and browsers turn a photograph as its camera noted, bring its colours to the screen's by the embedded profile, scale 16 bits
to 8 and show what lies behind transparent pixels. Networks have to be given the same pixels, or people and parsers see different
pictures. Transparent pictures are laid over white.
"""

import io

import numpy as np
from PIL import ExifTags, Image, ImageCms, ImageOps

_DEEP_MODES = ("I", "I;16", "I;16L", "I;16B", "I;16N")
_DEEPEST = 65535
_STEPS_PER_LEVEL = 257  # 65535 / 255


def as_viewed(image: Image.Image) -> Image.Image:
    """A picture of any mode upright, in sRGB, and over white where it is transparent.

    Args:
        image: Any picture that Pillow opens. An embedded profile that cannot be read or used is ignored.

    Returns:
        The picture in mode RGB; the same object where nothing had to be changed, since copies of large ones fill the memory.

    Raises:
        ValueError: Its pixels are real numbers, or integers beyond 16 bits: nothing says which of them is white.
    """
    upright = _upright(image)
    shallow = _in_8_bits(upright)
    alpha = _alpha(shallow)
    colours = _in_srgb(shallow, upright.info.get("icc_profile"))
    if alpha is None:
        return colours
    return Image.composite(colours, Image.new("RGB", colours.size, "white"), alpha)


def _upright(image: Image.Image) -> Image.Image:
    """Turn what cameras store lying on the side, with a note how to turn it."""
    image.load()  # some formats keep the note behind the pixels
    turned = image.getexif().get(ExifTags.Base.Orientation, 1) != 1
    return ImageOps.exif_transpose(image) if turned else image


def _in_8_bits(image: Image.Image) -> Image.Image:
    if image.mode == "F":
        raise ValueError("pixels are real numbers without a stated range; save it with 8 or 16 bits")
    if image.mode not in _DEEP_MODES:
        return image
    levels = np.asarray(image).astype(np.int64)
    if levels.min() < 0 or levels.max() > _DEEPEST:
        raise ValueError("pixels have more than 16 bits; save it with 8 or 16 bits")
    return Image.fromarray(((levels + _STEPS_PER_LEVEL // 2) // _STEPS_PER_LEVEL).astype(np.uint8))


def _alpha(image: Image.Image) -> Image.Image | None:
    return image.convert("RGBA").getchannel("A") if image.has_transparency_data else None


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if not profile:
        return _in_rgb(image)
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}[source.profile.xcolor_space.strip()]
        if (mode == "CMYK") != (image.mode == "CMYK"):
            return _in_rgb(image)
        managed = ImageCms.profileToProfile(
            image.convert(mode),
            source,
            ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
        )
    except (ImageCms.PyCMSError, KeyError, OSError, ValueError, TypeError):
        return _in_rgb(image)
    return _in_rgb(image) if managed is None else managed


def _in_rgb(image: Image.Image) -> Image.Image:
    return image if image.mode == "RGB" else image.convert("RGB")
