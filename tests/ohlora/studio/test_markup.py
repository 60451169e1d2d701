import base64
import io
import json

import numpy as np
from PIL import Image

from ohlora.sliders.slider import Slider
from ohlora.studio import markup
from ohlora.studio.faces import Face
from ohlora.studio.session import KeptFace

PIXELS = np.full((128, 128, 3), 200, np.uint8)
SLIDER = Slider("mouth", 0.0, 1.0)


def decoded(url: str) -> Image.Image:
    head, _, data = url.partition(",")
    assert head == "data:image/jpeg;base64"
    return Image.open(io.BytesIO(base64.b64decode(data)))


def test_a_picture_for_the_page() -> None:
    value = json.loads(markup.picture(Face(7, moved={"mouth": 0.5}), PIXELS, 3, "Your face"))
    assert value["number"] == 3 and value["moved"] == {"mouth": 0.5}
    assert value["text"] == "Your face: seed 7, mouth 0.50"
    assert np.abs(np.asarray(decoded(value["source"])).astype(int) - 200).max() <= 2


def test_a_thumbnail_is_small() -> None:
    assert decoded(markup.thumbnail(PIXELS)).size == (96, 96)


def test_readouts_say_what_was_measured() -> None:
    assert "measured <b>0.87</b> · moved; the face’s own is 0.10" in markup.readout(SLIDER, 0.871, 0.1, True)
    assert "measured <b>0.00</b> · not moved; should be 0.10, the face’s own" in markup.readout(
        SLIDER, -0.001, 0.1, False
    )
    assert "no face found" in markup.readout(SLIDER, float("nan"), 0.1, False)
    assert "not measured" in markup.readout(SLIDER, None, 0.1, False)


def test_what_comes_from_outside_is_text() -> None:
    assert markup.status("<img src=x onerror=alert(1)>", True).count("<") == 2
    kept = [KeptFace(1, Face(7, moved={'"><script>': 0.5}), "data:,")]
    assert "<script>" not in markup.gallery(kept, frozenset({1}))


def test_the_gallery_shows_what_is_ticked() -> None:
    kept = [KeptFace(1, Face(7), "data:,"), KeptFace(2, Face(8), "data:,")]
    html = markup.gallery(kept, frozenset({2}))
    assert 'value="2" checked' in html and 'value="1" checked' not in html
    assert "Nothing is kept" in markup.gallery([], frozenset())
