"""The names of what a parser can tell about a face."""

from collections.abc import Collection, Sequence

from segmentation.errors import SegmentationError

SEGMENTATION = "segmentation"
GENDER = "gender"
HEAD_NAMES: tuple[str, ...] = (
    SEGMENTATION,
    "landmarks",
    "headpose",
    "attributes",
    "visibility",
    "age",
    GENDER,
    "race",
)


def check_heads(heads: Collection[str], known: Sequence[str] = HEAD_NAMES, parser: str | None = None) -> None:
    """Check the names of heads.

    Args:
        heads: What is asked for.
        known: What can be computed.
        parser: Name of the parser that is asked, for the message.

    Raises:
        SegmentationError: No head, or one that is not known.
    """
    unknown = [head for head in heads if head not in known]
    if isinstance(heads, str) or unknown or not heads:
        of_parser = f" of the parser `{parser}`" if parser else ""
        elsewhere = "; `facexformer` has it" if unknown and all(head in HEAD_NAMES for head in unknown) else ""
        raise SegmentationError(
            f"heads: expected a list with one or more{of_parser}: {', '.join(known)}; got {heads!r}{elsewhere}"
        )
