"""What the samplings `core` and `full` draw stays as the embedded models learned it, to the bit."""

import hashlib

import pytest

pytest.importorskip("skia", reason="skia-python is not installed (pip install 'ohlora[render]')", exc_type=ImportError)

from ohlora.portraits import render, sample_parameters

# SHA-256 of image (128), label map (64) and truth, made before the second edition was begun, with skia-python 144.1.
HASHES = {
    ("core", 0): "975cfc737886c82f",
    ("core", 1): "fae9d76ad863c948",
    ("core", 2): "79021c2a2dada8b2",
    ("core", 300): "34900545e4646d38",
    ("full", 1): "bab56275045c6503",
    ("full", 2): "49d5e13afee83450",
    ("full", 3): "177e9a3c9b0d2310",
    ("full", 300): "64482d28fe09170d",
    ("full", 303): "315b2831095df534",
}


@pytest.mark.parametrize(("sampling", "seed"), HASHES)
def test_old_samplings_draw_the_same_bits(sampling: str, seed: int) -> None:
    portrait = render(sample_parameters(seed, sampling), 128, label_size=64)
    assert portrait.label_map is not None
    truth = repr(sorted(portrait.truth.items()))
    content = portrait.image.tobytes() + portrait.label_map.tobytes() + truth.encode()
    assert hashlib.sha256(content).hexdigest()[:16] == HASHES[sampling, seed]
