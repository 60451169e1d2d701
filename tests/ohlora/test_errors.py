import pytest

from ohlora import errors
from segmentation.errors import SegmentationError
from stylegan.errors import StyleganError


@pytest.mark.parametrize("error", [errors.OhloraError, errors.DownloadError, StyleganError, SegmentationError])
def test_our_own_errors_are_for_the_user(error):
    assert errors.is_user_error(error("x"))
    assert issubclass(error, ValueError)


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), OSError("x")])
def test_other_errors_are_not(error):
    assert not errors.is_user_error(error)
