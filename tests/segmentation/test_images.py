import numpy as np
import pytest
import torch
from PIL import Image

from segmentation.errors import ImageInputError
from segmentation.images import iterate_images, pixels_of


def pixels(images):
    return [pixels_of(picture) for picture in iterate_images(images)]


def test_tensor_values():
    # (x + 1) * 127.5, rounded, and clamped where a generator overshoots.
    tensor = torch.tensor([-1.0, -0.5, 0.2, 1.0, 1.3, -1.3]).expand(3, 1, 6)
    assert pixels(tensor)[0][0, :, 0].tolist() == [0, 64, 153, 255, 255, 0]


def test_batches_and_single_images_mix(tmp_path):
    picture = Image.new("RGB", (3, 2), (10, 20, 30))
    picture.save(tmp_path / "a.png")
    images = [
        torch.zeros(2, 3, 4, 5),
        picture,
        np.zeros((6, 7, 3), np.uint8),
        tmp_path / "a.png",
        str(tmp_path / "a.png"),
    ]
    assert [array.shape for array in pixels(images)] == [
        (4, 5, 3),
        (4, 5, 3),
        (2, 3, 3),
        (6, 7, 3),
        (2, 3, 3),
        (2, 3, 3),
    ]


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK"])
def test_other_modes_become_rgb(mode):
    (array,) = pixels(Image.new(mode, (4, 3)))
    assert array.shape == (3, 4, 3)


def test_photographs_are_turned_upright(tmp_path):
    lying = Image.new("RGB", (4, 2))
    lying.putpixel((0, 0), (255, 0, 0))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise to see it upright
    lying.save(tmp_path / "photo.png", exif=exif)
    (array,) = pixels(tmp_path / "photo.png")
    assert array.shape == (4, 2, 3)
    assert array[0, 1].tolist() == [255, 0, 0]


def test_files_are_read_when_their_turn_comes(tmp_path):
    Image.new("RGB", (2, 2)).save(tmp_path / "a.png")
    images = iterate_images([tmp_path / "a.png", tmp_path / "missing.png"])
    next(images)
    with pytest.raises(ImageInputError, match="image 1: cannot read .*missing.png: no such file"):
        next(images)


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.zeros((4, 4), np.uint8), r"\(H, W, 3\) uint8"),
        (np.zeros((4, 4, 3), np.float32), "float32"),
        (np.zeros((0, 4, 3), np.uint8), r"\(0, 4, 3\)"),
        (torch.zeros(3, 4, 4, dtype=torch.uint8), "expected a float tensor"),
        (torch.zeros(1, 1, 4, 4), "expected a float tensor"),
        (torch.full((3, 4, 4), 128.0), "values up to 128; scale it as"),
        (torch.full((3, 4, 4), float("nan")), "values up to nan"),
        (7, "got int"),
    ],
)
def test_other_inputs_are_refused(image, message):
    with pytest.raises(ImageInputError, match=message):
        pixels([image])


def test_a_file_that_is_no_image(tmp_path):
    (tmp_path / "a.png").write_text("text")
    with pytest.raises(ImageInputError, match="cannot read"):
        pixels(tmp_path / "a.png")
