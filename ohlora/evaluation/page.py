"""The report as one HTML file with every picture inside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ohlora.errors import DatasetError
from ohlora.evaluation.figures import drift_svg, r_histogram_svg
from ohlora.evaluation.results import REPORT_HTML, Evaluation, ModelResult, TruncationResult
from ohlora.evaluation.strips import example_strips, worst_strips
from ohlora.evaluation.summary import drift_matrix
from ohlora.evaluation.tables import figure_rows, frechet_cell, means_row, second_rows, together_cells, worst_rows
from ohlora.files import write_text
from ohlora.generation.seeds import format_seeds
from ohlora.labelling.attributes import ATTRIBUTES
from ohlora.reports.pages import environment, label, svg_uri
from ohlora.version import __version__


def write_page(evaluation: Evaluation, folder: str | Path) -> Path:
    """Write `report.html`.

    Args:
        evaluation: What was found.
        folder: Where the page goes.

    Raises:
        DatasetError: The file cannot be written.
    """
    path = Path(folder) / REPORT_HTML
    page = environment("ohlora.evaluation").get_template("evaluation.html.j2").render(gather(evaluation))
    try:
        write_text(path, page)
    except OSError as error:
        raise DatasetError(f"expected a place for the report, cannot write {path}: {error.strerror}") from error
    return path


def gather(evaluation: Evaluation) -> dict[str, Any]:
    """Collect everything that the page shows."""
    settings = evaluation.settings
    calibration = evaluation.identity.calibration if evaluation.identity is not None else None
    return {
        "title": evaluation.results[0].model.name,
        "version": __version__,
        "faces": len(settings.seeds),
        "seeds": format_seeds(settings.seeds),
        "steps": settings.steps,
        "parser": evaluation.labeller.parser.name,
        "scores": evaluation.labeller.version,
        "calibration": calibration,
        "models": [_model(result, evaluation.measured_names) for result in evaluation.results],
        "worst": worst_strips(evaluation),
        "attributes": [_attribute(name, evaluation) for name in evaluation.results[0].attributes],
    }


def _model(result: ModelResult, measured_names: tuple[str, ...]) -> dict[str, Any]:
    matrix = drift_matrix(result.attributes, measured_names)
    return {
        "name": result.model.name,
        "weights": result.model.fingerprint,
        "at": [_at(at) for at in result.at],
        **frechet_cell(result.frechet),
        "second": second_rows(result.second),
        "second_faces": result.second.faces if result.second is not None else 0,
        "drift_plot": svg_uri(drift_svg(list(result.attributes), measured_names, matrix)),
    }


def _at(at: TruncationResult) -> dict[str, Any]:
    return {
        "truncation": f"{at.truncation:g}",
        "faces": len(at.ramps.seeds),
        "rows": figure_rows(at),
        "means": means_row(at.attributes),
        "worst": worst_rows(at),
        "together": together_cells(at),
    }


def _attribute(name: str, evaluation: Evaluation) -> dict[str, Any]:
    spec = ATTRIBUTES.get(name)
    columns = {r.model.name: r.attributes[name].r_per_ramp for r in evaluation.results if name in r.attributes}
    return {
        "label": label(name),
        "description": f"{spec.description}: {spec.direction}" if spec else "",
        "plot": svg_uri(r_histogram_svg(columns)),
        "strips": example_strips(name, evaluation),
    }
