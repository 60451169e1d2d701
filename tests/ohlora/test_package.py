import subprocess
import sys

import pytest

import ohlora
import segmentation


def test_everything_that_is_offered_is_there():
    for name in ohlora.__all__:
        assert getattr(ohlora, name) is not None
    assert ohlora.FaceParser is segmentation.FaceParser


def test_unknown_names():
    with pytest.raises(AttributeError, match="module 'ohlora' has no attribute 'paint'"):
        ohlora.paint  # noqa: B018


def test_importing_is_cheap():
    code = "import sys, ohlora; print('torch' in sys.modules, 'numpy' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "False False\n"
