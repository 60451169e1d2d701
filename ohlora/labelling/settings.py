"""How a folder is labelled."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

from ohlora.errors import SettingsError
from ohlora.labelling.normalization import BOUNDS
from ohlora.labelling.scores import VERSIONS

FULL_PRECISION = "fp32"


class LabelledBy(NamedTuple):
    """What labelled an image; labels that differ in it do not stand in one table.

    Attributes:
        parser: Name or place of the parser; empty where nothing labelled the image.
        scores: Version of the scores.
        precision: What the parser computed in, `fp32`, `bf16` or `fp16`.
    """

    parser: str
    scores: str
    precision: str

    @classmethod
    def of(cls, row: Mapping[str, str]) -> Self:
        """What labelled the image of a table's row."""
        return cls(row.get("parser", ""), row.get("scores_version", ""), row.get("parser_precision") or FULL_PRECISION)

    def cells(self) -> dict[str, str]:
        """The cells of a row; the precision has a column only where it is not full."""
        precision = {} if self.precision == FULL_PRECISION else {"parser_precision": self.precision}
        return {"parser": self.parser, "scores_version": self.scores, **precision}

    def __str__(self) -> str:
        """In words."""
        precision = "" if self.precision == FULL_PRECISION else f" in {self.precision}"
        return f"parser {self.parser}{precision}, scores {self.scores or 'unknown'}"


@dataclass(frozen=True)
class LabelSettings:
    """How to label.

    Attributes:
        parser: Name that the rows carry, `portraits` or `facexformer`, or a folder of a parser's weights.
        scores: Version of the scores.
        bounds: What an attribute's range stands for: `minmax` of all scores, or robust `quantile`s. None is `minmax`, but
            leaves a folder that `ohlora filter` made the bounds that it brought along.
        normalization: A saved normalisation to apply instead of fitting one to these images.
        label_maps: Whether label maps are written, as PNGs that hold the class ids and show their colours.
        overlays: Whether the label maps over the faces are written.
        overwrite: Whether images that are labelled already are labelled again.
        batch_size: Images that pass through the parser together.
        precision: What the parser computes in: `fp32`, `bf16` or `fp16`.
        all_faces: Whether what was measured is kept also where the picture is not like a portrait.
    """

    parser: str = "portraits"
    scores: str = "v3"
    bounds: str | None = None
    normalization: Path | None = None
    label_maps: bool = False
    overlays: bool = False
    overwrite: bool = False
    batch_size: int = 16
    precision: str = FULL_PRECISION
    all_faces: bool = False

    def __post_init__(self) -> None:
        for name, value, known in (
            ("bounds", self.bounds or BOUNDS[0], BOUNDS),
            ("scores version", self.scores, tuple(VERSIONS)),
        ):
            if value not in known:
                raise SettingsError(f"expected as {name} one of {', '.join(known)}, got '{value}'")
        if self.batch_size < 1:
            raise SettingsError(f"expected a batch size of at least 1, got {self.batch_size}")

    @property
    def labelled_by(self) -> LabelledBy:
        """What these settings label by."""
        return LabelledBy(self.parser, self.scores, self.precision)
