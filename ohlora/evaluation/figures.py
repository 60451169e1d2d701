"""The plots of the report: histograms of r, and the matrix of drift."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ohlora.reports.figures import ACCENT, PLOT_SETTINGS, figure_svg
from ohlora.reports.pages import label

Floats = NDArray[np.float64]
_BINS = 40
_COLOURS = (ACCENT, "#e07a5f", "#81b29a", "#c9a227")


def r_histogram_svg(columns: Mapping[str, Floats]) -> str:
    """Draw r per ramp of one slider as SVG text.

    Args:
        columns: `(Z,)` r by the model's name, the evaluated model first; NaN entries do not count.
    """
    known = {name: values[~np.isnan(values)] for name, values in columns.items()}
    low = min([0.8, *(float(values.min()) for values in known.values() if values.size)])
    with rc_context(PLOT_SETTINGS):
        figure = Figure(figsize=(4.0, 1.9), layout="constrained")
        axes = figure.subplots()
        for index, (name, values) in enumerate(known.items()):
            colour = _COLOURS[index % len(_COLOURS)]
            style = {"color": colour} if index == 0 else {"histtype": "step", "color": colour, "linewidth": 1.4}
            axes.hist(values, bins=_BINS, range=(max(-1.0, low), 1.0), label=name, **style)
        axes.set_xlim(max(-1.0, low), 1.0)
        axes.set_xlabel("r of a ramp")
        axes.set_ylabel("faces")
        if len(known) > 1:
            axes.legend(frameon=False, fontsize=8, loc="upper left")
        return figure_svg(figure)


def drift_svg(rows: Sequence[str], columns: Sequence[str], matrix: Floats) -> str:
    """Draw drift `(A, M)`, shares of the range, as SVG text: rows were moved, columns should have stayed."""
    with rc_context(PLOT_SETTINGS):
        figure = Figure(figsize=(1.6 + 0.62 * len(columns), 1.3 + 0.5 * len(rows)), layout="constrained")
        axes = figure.subplots()
        axes.imshow(np.nan_to_num(matrix), cmap="Oranges", vmin=0.0, vmax=0.3, aspect="auto")
        axes.set_xticks(range(len(columns)), [label(c) for c in columns], rotation=45, ha="right")
        axes.set_yticks(range(len(rows)), [label(row) for row in rows])
        axes.set_xlabel("changed by")
        axes.set_ylabel("slider moved")
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        for (row, column), value in np.ndenumerate(matrix):
            text = "–" if np.isnan(value) else f"{value:.2f}".replace("0.", ".")
            colour = "white" if value > 0.2 else "#2b2f36"
            axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=9)
        return figure_svg(figure)
