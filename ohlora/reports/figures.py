"""The plots of the report and the demo, drawn with matplotlib and without a display."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from ohlora.files import replacing

ACCENT = "#3d5a80"
PLOT_SETTINGS: dict[Any, Any] = {
    # Text stays text, so that the reader's fonts show it; a fixed salt gives the same file for the same data.
    "svg.fonttype": "none",
    "svg.hashsalt": "ohlora",
    "font.family": ["sans-serif"],
    "font.size": 10,
    "axes.edgecolor": "#8a8f98",
    "axes.labelcolor": "#3a3f47",
    "xtick.color": "#5a606a",
    "ytick.color": "#5a606a",
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def distribution_svg(values: NDArray[np.float64], bounds: tuple[float, float]) -> str:
    """Draw the histogram of one attribute as SVG text.

    Args:
        values: Values `(N,)`, NaN where missing.
        bounds: Low and high end of the attribute's range.
    """
    with rc_context(PLOT_SETTINGS):
        figure = Figure(figsize=(4.0, 1.9), layout="constrained")
        _draw_histogram(figure.subplots(), values, bounds)
        return figure_svg(figure)


def correlation_svg(names: Sequence[str], matrix: NDArray[np.float64]) -> str:
    """Draw correlations `(A, A)` in -1..1 of the named attributes as SVG text."""
    with rc_context(PLOT_SETTINGS):
        side = 1.6 + 0.56 * len(names)
        figure = Figure(figsize=(side, side * 0.92), layout="constrained")
        axes = figure.subplots()
        axes.imshow(np.nan_to_num(matrix), cmap="RdBu_r", vmin=-1, vmax=1)
        labels = [name.replace("_", " ") for name in names]
        axes.set_xticks(range(len(names)), labels, rotation=45, ha="right", rotation_mode="anchor")
        axes.set_yticks(range(len(names)), labels)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        for (row, column), r in np.ndenumerate(matrix):
            text = "–" if np.isnan(r) else f"{r:.2f}".replace("0.", ".").replace("-", "−")
            color = "white" if abs(r) > 0.55 else "#2b2f36"
            axes.text(column, row, text, ha="center", va="center", color=color, fontsize=9)
        return figure_svg(figure)


def save_distributions(
    path: Path, columns: Mapping[str, NDArray[np.float64]], bounds: Mapping[str, tuple[float, float]]
) -> None:
    """Draw the histograms of all attributes into one PNG.

    Args:
        path: Where the picture goes.
        columns: Values `(N,)` by attribute, NaN where missing.
        bounds: Range by attribute.
    """
    across = min(3, max(1, len(columns)))
    down = max(1, -(-len(columns) // across))
    with rc_context(PLOT_SETTINGS):
        figure = Figure(figsize=(4.2 * across, 2.5 * down), layout="constrained", dpi=130)
        FigureCanvasAgg(figure)
        figure.get_layout_engine().set(w_pad=0.12, h_pad=0.12)  # type: ignore[union-attr, call-arg]
        grid = figure.subplots(down, across, squeeze=False).ravel()
        for axes, (name, values) in zip(grid, columns.items(), strict=False):
            _draw_histogram(axes, values, bounds[name])
            known = int((~np.isnan(values)).sum())
            axes.set_title(f"{name.replace('_', ' ')}  (n = {known})", loc="left", fontsize=11, color="#2b2f36")
        for axes in grid[len(columns) :]:
            axes.set_axis_off()
        with replacing(path) as temporary:
            figure.savefig(temporary, format="png")


def _draw_histogram(axes: Axes, values: NDArray[np.float64], bounds: tuple[float, float]) -> None:
    known = values[~np.isnan(values)]
    low = min(bounds[0], float(known.min())) if known.size else bounds[0]
    high = max(bounds[1], float(known.max())) if known.size else bounds[1]
    bins = int(np.clip(2 * np.sqrt(known.size), 8, 32))
    axes.hist(known, bins=bins, range=(low, high), color=ACCENT, rwidth=0.92)
    if known.size:
        axes.axvline(float(np.median(known)), color="#e07a5f", linewidth=1.6)
    axes.set_xlim(low, high)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, min_n_ticks=3))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.set_ylabel("images")


def figure_svg(figure: Figure) -> str:
    """A figure as SVG text, the same for the same data."""
    text = io.StringIO()
    figure.savefig(text, format="svg", transparent=True, metadata={"Date": None})
    return text.getvalue()
