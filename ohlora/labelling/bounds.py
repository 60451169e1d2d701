"""The bounds of a folder's attributes: which ones count, and what a change of them does to labels that are there.

Scores of all images that one parser and one version of the scores measured go in; their attributes go into the table, and
the bounds beside it. A folder's own scores set the bounds, but in two cases: a normalisation was given, or the folder is a
choice of faces that `ohlora filter` made, whose attributes are to mean what they meant where they were chosen.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from ohlora.datasets.face_folder import FILTER_NAME, NORMALIZATION_NAME, FaceDataset
from ohlora.labelling.attributes import ATTRIBUTES
from ohlora.labelling.label_columns import is_classified
from ohlora.labelling.normalization import Normalizer
from ohlora.labelling.settings import LabelledBy, LabelSettings
from ohlora.progress import counted

_ROUNDING = 1e-6  # the table and the file keep nine digits


@dataclass(frozen=True)
class ChosenBounds:
    """The bounds for a folder.

    Attributes:
        normalizer: They; None where they are fitted to the images.
        note: Why they are not, for people; empty where the user asked for them.
    """

    normalizer: Normalizer | None
    note: str = ""


def choose_bounds(dataset: FaceDataset, settings: LabelSettings) -> ChosenBounds:
    """Find the bounds that a folder is labelled by, before anything in it changes.

    Raises:
        OhloraError: A saved normalisation cannot be used.
    """
    if settings.normalization is not None:
        return ChosenBounds(Normalizer.load(settings.normalization).with_whole_probabilities())
    path = dataset.folder / NORMALIZATION_NAME
    carries = path.exists() and (dataset.folder / FILTER_NAME).exists()
    # Bounds of one version of the scores say nothing about another's, which has other units.
    if not carries or settings.bounds is not None or replaced_labels(dataset, settings):
        return ChosenBounds(None)
    note = "bounds: those that ohlora filter brought along; --bounds minmax fits others to these images"
    return ChosenBounds(Normalizer.load(path).with_whole_probabilities(), note)


def replaced_labels(dataset: FaceDataset, settings: LabelSettings) -> dict[LabelledBy, int]:
    """Images that were labelled otherwise, by what labelled them."""
    counts = Counter(LabelledBy.of(row) for row in dataset.rows.values() if row.get("parser"))
    return {made: count for made, count in counts.items() if made != settings.labelled_by}


def replacement_notes(dataset: FaceDataset, settings: LabelSettings) -> list[str]:
    """What a run replaces, a line for every other way in which images were labelled."""
    return [
        f"replaces the labels of {counted(count, 'images')}: {made}; now {settings.labelled_by}"
        for made, count in replaced_labels(dataset, settings).items()
    ]


def normalise(dataset: FaceDataset, settings: LabelSettings, saved: Normalizer | None = None) -> list[str]:
    """Fill in the attributes from the scores of all images that these settings label; saves the normalisation beside.

    Args:
        dataset: Open for writing.
        settings: Parser, its precision and version of the scores that count; images labelled by others keep what they have.
        saved: A normalisation to apply; fitted to the images where None.

    Returns:
        What changed in labels that were there already, for people.
    """
    names = [name for name, row in dataset.rows.items() if LabelledBy.of(row) == settings.labelled_by]
    chosen = np.isin(list(dataset.rows), names)
    scores = {attribute: dataset.numbers(f"score_{attribute}")[chosen] for attribute in ATTRIBUTES}
    normalizer = saved if saved is not None else Normalizer.fit(scores, bounds=settings.bounds or "minmax")
    scores = {attribute: values for attribute, values in scores.items() if attribute in normalizer.columns}
    moved: set[str] = set()
    for attribute, values in normalizer.apply(scores).items():
        given = {
            n: v for n, v in zip(names, values.tolist(), strict=True) if not is_classified(dataset.rows[n], attribute)
        }
        moved.update(_moved(dataset, attribute, given))
        dataset.set_column(attribute, given)
    earlier = f"{counted(len(moved), 'images')} labelled earlier"
    note = f"other bounds than before ({normalizer.bounds}) changed the attributes of {earlier}"
    normalizer.save(dataset.folder / NORMALIZATION_NAME)
    return [note] if moved else []


def _moved(dataset: FaceDataset, attribute: str, values: Mapping[str, float]) -> Iterator[str]:
    """Images that had another value of the attribute; those without one only get it now."""
    for name, value in values.items():
        cell = dataset.rows[name].get(attribute, "")
        if cell and abs(float(cell) - value) > _ROUNDING:
            yield name
