from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ohlora.generation.film import film_comment, write_film
from ohlora.images.pictures import PictureError

av = pytest.importorskip("av")


def test_a_film_has_its_pictures_and_its_comment(tmp_path: Path) -> None:
    colours = [(200, 30, 30), (30, 30, 200), (30, 200, 30)]
    write_film(tmp_path / "a.mp4", [Image.new("RGB", (31, 17), colour) for colour in colours], 'ohlora {"seed": 7}')
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]
    with av.open(str(tmp_path / "a.mp4")) as film:
        shown = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    assert len(shown) == 3 and shown[0].shape == (18, 32, 3)
    for picture, colour in zip(shown, colours, strict=True):
        # H.264 keeps brightness and colour to within a few steps.
        assert np.abs(picture[4:12, 4:24].mean(axis=(0, 1)) - colour).max() < 12
    assert film_comment(tmp_path / "a.mp4") == 'ohlora {"seed": 7}'


def test_what_is_no_film_is_said(tmp_path: Path) -> None:
    (tmp_path / "notes.mp4").write_text("notes")
    with pytest.raises(PictureError, match="not a film, or damaged"):
        film_comment(tmp_path / "notes.mp4")
    with pytest.raises(PictureError, match="no such file"):
        film_comment(tmp_path / "missing.mp4")
