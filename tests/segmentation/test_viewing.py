"""Pictures of every form come out as the pixels that a viewer shows."""

import numpy as np
import pytest
from PIL import Image, ImageCms

from segmentation.viewing import as_viewed


def saved(image: Image.Image, path, **options) -> Image.Image:
    image.save(path, **options)
    return Image.open(path)


@pytest.mark.parametrize("suffix", ["png", "tiff"])
def test_16_bits_are_scaled_to_8(tmp_path, suffix):
    levels = np.array([[0, 100, 254, 255]], np.uint8)
    deep = saved(Image.fromarray(levels.astype(np.uint16) * 257), tmp_path / f"a.{suffix}")
    np.testing.assert_array_equal(np.asarray(as_viewed(deep))[..., 0], levels)


def test_real_numbers_are_refused():
    with pytest.raises(ValueError, match="without a stated range"):
        as_viewed(Image.new("F", (2, 2), 0.5))


@pytest.mark.parametrize("below", [(0, 0, 0, 0), (255, 0, 255, 0)])
def test_transparent_pixels_are_white_whatever_their_colour(tmp_path, below):
    picture = Image.new("RGBA", (2, 1), below)
    picture.putpixel((1, 0), (10, 20, 30, 255))
    pixels = np.asarray(as_viewed(saved(picture, tmp_path / "a.png")))
    np.testing.assert_array_equal(pixels, [[[255, 255, 255], [10, 20, 30]]])


def test_a_transparent_entry_of_a_palette_is_white(tmp_path):
    picture = Image.new("P", (1, 1), 0)
    picture.putpalette([9, 9, 9] + [0] * 765)
    assert as_viewed(saved(picture, tmp_path / "a.png", transparency=0)).getpixel((0, 0)) == (255, 255, 255)


def test_colours_are_brought_to_srgb_by_the_embedded_profile(tmp_path):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    unknown = saved(Image.new("RGB", (1, 1), (90, 120, 40)), tmp_path / "a.png", icc_profile=profile)
    assert as_viewed(unknown).getpixel((0, 0)) == (90, 120, 40)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    same = saved(Image.new("RGB", (1, 1), (90, 120, 40)), tmp_path / "b.png", icc_profile=srgb)
    np.testing.assert_allclose(as_viewed(same).getpixel((0, 0)), (90, 120, 40), atol=1)


def test_a_profile_with_exchanged_channels_is_undone(tmp_path):
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, blue = profile.index(b"rXYZ"), profile.index(b"bXYZ")
    profile[red : red + 4], profile[blue : blue + 4] = b"bXYZ", b"rXYZ"
    picture = saved(Image.new("RGB", (1, 1), (40, 120, 200)), tmp_path / "a.png", icc_profile=bytes(profile))
    np.testing.assert_allclose(as_viewed(picture).getpixel((0, 0)), (200, 120, 40), atol=2)


def test_an_unreadable_profile_is_ignored(tmp_path):
    picture = saved(Image.new("RGB", (1, 1), (1, 2, 3)), tmp_path / "a.png", icc_profile=b"no profile")
    assert as_viewed(picture).getpixel((0, 0)) == (1, 2, 3)
