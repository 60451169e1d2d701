import pytest

from ohlora import errors
from segmentation.errors import SegmentationError
from stylegan.errors import StyleganError


def test_user_errors_are_the_roots_of_the_three_packages():
    assert errors.USER_ERRORS == (errors.OhloraError, StyleganError, SegmentationError)


@pytest.mark.parametrize("error", [errors.OhloraError, errors.DownloadError, StyleganError, SegmentationError])
def test_our_own_errors_are_for_the_user(error):
    assert errors.is_user_error(error("x"))
    assert issubclass(error, ValueError)


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), OSError("x")])
def test_other_errors_are_not(error):
    assert not errors.is_user_error(error)


def test_other_names_are_unknown():
    with pytest.raises(AttributeError, match="has no attribute 'USER_ERROR'"):
        errors.USER_ERROR  # noqa: B018
