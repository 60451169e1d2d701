import pytest

from stylegan import errors


@pytest.mark.parametrize("error", [errors.ConfigError, errors.InputError, errors.CheckpointError])
def test_every_error_can_be_caught_by_the_root(error: type[Exception]) -> None:
    assert issubclass(error, errors.StyleganError)
    assert issubclass(error, ValueError)
