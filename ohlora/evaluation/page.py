"""The judge's report as one HTML file with every picture inside."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jinja2 import Environment, PackageLoader, StrictUndefined
from numpy.typing import NDArray
from PIL import Image

from ohlora.errors import DatasetError
from ohlora.evaluation.figures import drift_svg, r_histogram_svg
from ohlora.evaluation.frechet import FrechetResult
from ohlora.evaluation.goals import FRECHET_GOAL, GOALS, goal_of
from ohlora.evaluation.judge import REPORT_HTML, Evaluation, ModelResult
from ohlora.evaluation.statistics import Estimate
from ohlora.evaluation.summary import AttributeResult, drift_matrix, means
from ohlora.files import write_text
from ohlora.generation.seeds import format_seeds, latents
from ohlora.images.pixels import to_arrays
from ohlora.labelling.attributes import ATTRIBUTES
from ohlora.version import __version__

FIGURES = ("r", "pooled", "error", "r_squared", "slope", "drift", "identity")
_FACE_PIXELS = 112


def write_page(evaluation: Evaluation, folder: str | Path) -> Path:
    """Write `report.html`.

    Args:
        evaluation: What the judge found.
        folder: Where the page goes.

    Raises:
        DatasetError: The file cannot be written.
    """
    path = Path(folder) / REPORT_HTML
    page = _environment().get_template("evaluation.html.j2").render(gather(evaluation))
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
        "truncation": settings.truncation,
        "parser": evaluation.label_path.parser.name,
        "scores": evaluation.label_path.version,
        "calibration": calibration,
        "models": [_model(result, evaluation.measured_names) for result in evaluation.results],
        "attributes": [_attribute(name, evaluation) for name in evaluation.asked],
    }


def _model(result: ModelResult, measured_names: tuple[str, ...]) -> dict[str, Any]:
    matrix = drift_matrix(result.attributes, measured_names)
    frechet = result.frechet
    return {
        "name": result.model.name,
        "weights": result.model.fingerprint,
        "rows": [_row(one) for one in result.attributes.values()],
        "means": _means_row(result.attributes),
        "frechet": f"{frechet.relative:.2f} ×" if isinstance(frechet, FrechetResult) else frechet,
        "frechet_grade": FRECHET_GOAL.grade(frechet.relative) if isinstance(frechet, FrechetResult) else "unknown",
        "frechet_images": frechet.images if isinstance(frechet, FrechetResult) else 0,
        "drift_plot": _svg_uri(drift_svg(list(result.attributes), measured_names, matrix)),
    }


def _row(result: AttributeResult) -> dict[str, Any]:
    cells = [_cell(figure, result.name, getattr(result, figure)) for figure in FIGURES]
    return {"label": _label(result.name), "cells": cells, "missing": f"{result.missing:.1%}"}


def _cell(figure: str, attribute: str, value: Estimate) -> dict[str, str]:
    if not value.count:
        why = "not measured: no identity network" if figure == "identity" else "not measured: no labels"
        return {"text": why, "interval": "", "spread": "", "grade": "unknown"}
    goal = goal_of(figure, attribute)
    return {
        "text": _decimals(value.mean),
        "interval": f"{_decimals(value.low)} … {_decimals(value.high)}",
        "spread": f"± {value.deviation:.3f}" if figure == "r" else "",
        "grade": goal.grade(value.mean) if goal else "",
    }


def _means_row(results: Mapping[str, AttributeResult]) -> dict[str, dict[str, str]]:
    values = means(results)
    return {
        name: {"text": _decimals(value), "grade": GOALS[name].grade(value) if name in GOALS else ""}
        for name, value in values.items()
    }


def _attribute(name: str, evaluation: Evaluation) -> dict[str, Any]:
    spec = ATTRIBUTES.get(name)
    columns = {r.model.name: r.attributes[name].r_per_ramp for r in evaluation.results if name in r.attributes}
    return {
        "label": _label(name),
        "description": f"{spec.description}: {spec.direction}" if spec else "",
        "plot": _svg_uri(r_histogram_svg(columns)),
        "strips": [strip for r in evaluation.results if name in r.attributes for strip in _strips(name, r, evaluation)],
    }


@torch.inference_mode()
def _strips(name: str, result: ModelResult, evaluation: Evaluation) -> list[dict[str, Any]]:
    """Example ramps of the first faces, drawn again, with what was measured under each picture."""
    asked, index = evaluation.asked[name], list(result.attributes).index(name)
    at = evaluation.measured_names.index(name)
    strips = []
    for row, seed in enumerate(evaluation.settings.seeds[: evaluation.settings.examples]):
        model = result.model.model
        z = torch.from_numpy(latents([seed] * len(asked), model.z_dim)).to(model.device)
        values = torch.from_numpy(asked).float().to(model.device)
        images = model.edit(z, {name: values}, truncation_psi=evaluation.settings.truncation).float()
        measured = result.ramps.measured[row, index, :, at]
        strips.append({"model": result.model.name, "seed": seed, "faces": _faces(images, asked, measured)})
    return strips


def _faces(images: torch.Tensor, asked: NDArray[np.float64], measured: NDArray[np.float64]) -> list[dict[str, str]]:
    return [
        {"uri": _picture_uri(picture), "asked": _short(want), "measured": _short(got)}
        for picture, want, got in zip(to_arrays(images), asked.tolist(), measured.tolist(), strict=True)
    ]


def table_lines(results: Sequence[ModelResult]) -> list[str]:
    """The figures for the terminal: a line per slider and model."""
    lines = [f"{'':24s}{'r':>16s}{'error':>9s}{'slope':>9s}{'drift':>9s}{'identity':>10s}{'missing':>9s}"]
    for result in results:
        lines.append(result.model.name)
        for one in result.attributes.values():
            cells = "".join(f"{_decimals(getattr(one, f).mean):>9s}" for f in ("error", "slope", "drift"))
            r = f"{_decimals(one.r.mean)} ± {_decimals(one.r.deviation)}"
            lines.append(f"  {one.name:22s}{r:>16s}{cells}{_decimals(one.identity.mean):>10s}{one.missing:>9.1%}")
        frechet = result.frechet
        text = f"{frechet.relative:.2f} times the base's" if isinstance(frechet, FrechetResult) else frechet
        lines.append(f"  Frechet distance: {text}")
    if any(not one.identity.count for result in results for one in result.attributes.values()):
        lines.append("identity not measured: no identity network")
    return lines


def _picture_uri(pixels: NDArray[np.uint8]) -> str:
    picture, data = Image.fromarray(pixels), io.BytesIO()
    if max(picture.size) > _FACE_PIXELS:
        picture.thumbnail((_FACE_PIXELS, _FACE_PIXELS), Image.Resampling.LANCZOS)
    picture.save(data, format="JPEG", quality=88)
    return "data:image/jpeg;base64," + base64.b64encode(data.getvalue()).decode("ascii")


def _svg_uri(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode("utf-8")).decode("ascii")


def _label(name: str) -> str:
    return name.replace("_", " ")


def _decimals(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.3f}".replace("-", "−")


def _short(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.2f}".replace("-", "−")


def _environment() -> Environment:
    # Names of models come from elsewhere: everything is escaped.
    return Environment(loader=PackageLoader("ohlora.evaluation", ""), autoescape=True, undefined=StrictUndefined)
