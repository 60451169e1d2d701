import pytest

from segmentation.errors import CheckpointError, ImageInputError, MissingModelError, SegmentationError


@pytest.mark.parametrize("kind", [CheckpointError, ImageInputError, MissingModelError])
def test_one_root(kind):
    assert issubclass(kind, SegmentationError)
    assert issubclass(kind, ValueError)
