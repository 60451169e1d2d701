"""Where an image is from: drawn by ohlora, as its row or the recipe that it carries says, or from elsewhere.

The parser for illustrated portraits has seen nothing else, and what it says of a photograph means little. Images from
elsewhere may be illustrated as well, so they are labelled, and a warning stands in their rows.
"""

import json

from ohlora.datasets.face_folder import FaceDataset
from ohlora.hub import CATALOG
from ohlora.images.carried_text import picture_text
from ohlora.images.pictures import PictureError

FOREIGN_CELL = "may be no illustrated portrait; for photographs label with --parser facexformer"
"""The warning in the row of an image that is not known to be an illustrated portrait."""


def foreign_warning(count: int) -> str:
    """The warning about so many images of a folder."""
    return (
        f"the portraits parser was trained on illustrated portraits, and {count} of these images may be something else; "
        "for photographs use: --parser facexformer"
    )


def is_foreign(dataset: FaceDataset, name: str) -> bool:
    """Whether an image is a picture that ohlora did not draw; generators of photographs count as well."""
    row = dataset.rows.get(name, {})
    if row.get("sampling"):
        return False
    if row.get("model"):
        return _is_photographic(row["model"])
    try:
        found = json.loads(picture_text(dataset.path(name)))
    except PictureError:
        return False  # nothing that a parser could be wrong about
    except (ValueError, RecursionError):
        return True
    return not isinstance(found, dict) or "weights" not in found or _is_photographic(str(found.get("model", "")))


def _is_photographic(model: str) -> bool:
    """Whether a generator is one of the published ones, which were trained on photographs."""
    return model.endswith((".pth", ".pt")) or (model in CATALOG and model != "portraits")
