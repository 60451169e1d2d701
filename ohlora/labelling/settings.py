"""How a folder is labelled."""

from dataclasses import dataclass
from pathlib import Path

from ohlora.errors import SettingsError
from ohlora.labelling.normalization import BOUNDS
from ohlora.labelling.scores import VERSIONS


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
    """

    parser: str = "portraits"
    scores: str = "v3"
    bounds: str | None = None
    normalization: Path | None = None
    label_maps: bool = False
    overlays: bool = False
    overwrite: bool = False
    batch_size: int = 16

    def __post_init__(self) -> None:
        for name, value, known in (
            ("bounds", self.bounds or BOUNDS[0], BOUNDS),
            ("scores version", self.scores, tuple(VERSIONS)),
        ):
            if value not in known:
                raise SettingsError(f"expected as {name} one of {', '.join(known)}, got '{value}'")
        if self.batch_size < 1:
            raise SettingsError(f"expected a batch size of at least 1, got {self.batch_size}")
