"""The report of a labelled dataset: from its table and its images to one HTML page.

Per attribute the page shows the distribution of the normalised values and the faces at both ends, where faults of a
score meet the eye first; over all attributes their correlations, since an attribute that follows another cannot get a
slider of its own; and what could not be measured, with the reasons.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ohlora.datasets.face_folder import TABLE_NAME, FaceDataset
from ohlora.errors import DatasetError
from ohlora.files import command_text, write_text
from ohlora.labelling.attributes import ATTRIBUTES
from ohlora.labelling.report.statistics import correlation_matrix, correlations, count_reasons, extremes, summarise
from ohlora.progress import counted, listed
from ohlora.reports.figures import correlation_svg, distribution_svg
from ohlora.reports.pages import decimals, environment, label, svg_uri, thumbnail_uri
from ohlora.version import __version__

REPORT_NAME = "report.html"
_SHEET_FACES = 96
_EXTREME_FACES = 6
_STRONGEST_PAIRS = 8


def write_report(folder: str | Path, out: str | Path | None = None) -> Path:
    """Write the report of a labelled dataset folder.

    Args:
        folder: A folder that `ohlora label` has labelled.
        out: The HTML file; `report.html` in the folder by default.

    Returns:
        Where the report is.

    Raises:
        DatasetError: When the folder has no labels, its table cannot be read, or the file cannot be written.
    """
    dataset = FaceDataset(folder)
    path = Path(out) if out is not None else dataset.folder / REPORT_NAME
    page = environment("ohlora.labelling.report").get_template("report.html.j2").render(gather(dataset))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, page)
    except OSError as error:
        raise DatasetError(f"expected a place for the report, cannot write {path}: {error.strerror}") from error
    return path


def attribute_columns(dataset: FaceDataset) -> dict[str, NDArray[np.float64]]:
    """Read the normalised values of all labelled attributes, in the registry's order.

    Raises:
        DatasetError: When the folder has no labels.
    """
    columns = {name: dataset.numbers(name) for name in ATTRIBUTES if name in dataset.columns}
    if not columns or all(np.isnan(values).all() for values in columns.values()):
        command = command_text("ohlora", "label", dataset.folder)
        raise DatasetError(f"expected labels in {dataset.folder / TABLE_NAME}, found none; run: {command}")
    return columns


def gather(dataset: FaceDataset) -> dict[str, Any]:
    """Collect everything that the page shows."""
    columns = attribute_columns(dataset)
    faces = _Faces(dataset)
    pairs = [pair for pair in correlations(columns) if not np.isnan(pair.r)][:_STRONGEST_PAIRS]
    matrix = correlation_matrix(columns)
    return {
        "title": dataset.folder.resolve().name,
        "version": __version__,
        "table": str(dataset.folder / TABLE_NAME),
        "image_count": len(dataset.rows),
        "labelled_count": sum(map(bool, dataset.text("parser"))),
        "facts": _facts(dataset),
        "warnings": _warnings(dataset),
        "sheet": faces.show(_evenly_spaced(len(dataset.rows), _SHEET_FACES)),
        "attributes": [_attribute(name, values, dataset, faces) for name, values in columns.items()],
        "extreme_count": _EXTREME_FACES,
        "correlation_plot": svg_uri(correlation_svg(list(columns), matrix)),
        "pairs": [
            {"first": label(pair.first), "second": label(pair.second), "r": decimals(pair.r, 2), "count": pair.count}
            for pair in pairs
        ],
        "reasons": [(label(what), why, count) for what, why, count in count_reasons(dataset.text("missing"))],
    }


class _Faces:
    """The dataset's images as small pictures to inline; an unreadable one is an empty tile."""

    def __init__(self, dataset: FaceDataset) -> None:
        self._dataset = dataset
        self._names = list(dataset.rows)
        self._uris: dict[int, str] = {}

    def show(self, indices: Sequence[int], values: NDArray[np.float64] | None = None) -> list[dict[str, str]]:
        return [
            {
                "name": self._names[index],
                "uri": self._uri(index),
                "value": decimals(values[index], 2) if values is not None else "",
            }
            for index in indices
        ]

    def _uri(self, index: int) -> str:
        if index not in self._uris:
            self._uris[index] = thumbnail_uri(self._dataset.path(self._names[index]))
        return self._uris[index]


def _attribute(name: str, values: NDArray[np.float64], dataset: FaceDataset, faces: _Faces) -> dict[str, Any]:
    spec = ATTRIBUTES[name]
    score = f"score_{name}"
    raw = dataset.numbers(score) if score in dataset.columns else np.full(values.shape, np.nan)
    summary = summarise(name, values, raw)
    low, high = extremes(values, _EXTREME_FACES)
    return {
        "label": label(name),
        "description": f"{spec.description}: {spec.direction}",
        "plot": svg_uri(distribution_svg(values, (spec.low, spec.high))),
        "count": summary.count,
        "missing": summary.missing,
        **{key: decimals(getattr(summary, key), 2) for key in ("mean", "deviation", "median")},
        **{key: _number(getattr(summary, key)) for key in ("raw_low", "raw_high")},
        "low": faces.show(low, values),
        "high": faces.show(high, values),
    }


def _facts(dataset: FaceDataset) -> list[tuple[str, str]]:
    columns = ("model", "truncation", "parser", "scores_version", "gender_source")
    facts = [(label(column).capitalize(), sorted(set(dataset.text(column)) - {""})) for column in columns]
    return [(name, ", ".join(values)) for name, values in facts if values]


def _warnings(dataset: FaceDataset) -> list[str]:
    """What the table warns of, a line per warning with its images."""
    names: dict[str, list[str]] = {}
    for name, warning in zip(dataset.rows, dataset.text("warning"), strict=True):
        names.setdefault(warning, []).append(name)
    return [f"{counted(len(of), 'images')}: {text} ({listed(of)})" for text, of in names.items() if text]


def _evenly_spaced(total: int, count: int) -> list[int]:
    if total <= count:
        return list(range(total))
    return [index * total // count for index in range(count)]


def _number(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.3g}".replace("-", "−")
