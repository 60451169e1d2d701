import pytest

from segmentation.errors import SegmentationError
from segmentation.heads import HEAD_NAMES, check_heads


def test_known_heads_pass():
    check_heads(HEAD_NAMES)
    check_heads({"gender"}, known=("segmentation", "gender"))


@pytest.mark.parametrize("heads", [(), "segmentation", ("segmentation", "smile")])
def test_other_heads_are_refused(heads):
    with pytest.raises(SegmentationError, match="expected a list with one or more"):
        check_heads(heads)


def test_message_names_the_parser_that_has_the_head():
    with pytest.raises(SegmentationError, match="of the parser `portraits`.*`facexformer` has it"):
        check_heads(("landmarks",), known=("segmentation",), parser="portraits")
