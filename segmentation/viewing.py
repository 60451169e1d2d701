"""A picture as people see it: from whatever form its file has to upright 8-bit sRGB.

Viewers and browsers turn a photograph as its camera noted, bring its colours to the screen's by the embedded profile, scale 16 bits
to 8 and show what lies behind transparent pixels. Networks have to be given the same pixels, or people and parsers see different
pictures. Transparent pictures are laid over white.
"""

import io

import numpy as np
from PIL import Image, ImageCms, ImageOps

_DEEP_MODES = ("I", "I;16", "I;16L", "I;16B", "I;16N")
_DEEPEST = 65535
_STEPS_PER_LEVEL = 257  # 65535 / 255


def as_viewed(image: Image.Image) -> Image.Image:
    """A picture of any mode upright, in sRGB, and over white where it is transparent.

    Args:
        image: Any picture that Pillow opens. An embedded profile that cannot be read or used is ignored.

    Returns:
        The picture in mode RGB.

    Raises:
        ValueError: Its pixels are real numbers, or integers beyond 16 bits: nothing says which of them is white.
    """
    # Cameras store portrait photographs lying on the side, with a note how to turn them.
    upright = ImageOps.exif_transpose(image)
    shallow = _in_8_bits(upright)
    alpha = _alpha(shallow)
    colours = _in_srgb(shallow, upright.info.get("icc_profile"))
    if alpha is None:
        return colours
    return Image.composite(colours, Image.new("RGB", colours.size, "white"), alpha)


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
        return image.convert("RGB")
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}[source.profile.xcolor_space.strip()]
        if (mode == "CMYK") != (image.mode == "CMYK"):
            return image.convert("RGB")
        managed = ImageCms.profileToProfile(
            image.convert(mode),
            source,
            ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
        )
    except (ImageCms.PyCMSError, KeyError, OSError, ValueError, TypeError):
        return image.convert("RGB")
    return image.convert("RGB") if managed is None else managed
