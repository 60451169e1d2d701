"""The plots of a classifier's report."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ohlora.classification.measures import CalibrationBin
from ohlora.reports.figures import ACCENT, PLOT_SETTINGS, figure_svg

_MARK = "#e07a5f"


def reliability_svg(bins: Sequence[CalibrationBin]) -> str:
    """Draw the share of ones over the mean probability, a dot per bin, as large as it has faces; as SVG text."""
    filled = [one for one in bins if one.count]
    with rc_context(PLOT_SETTINGS):
        figure = Figure(figsize=(4.0, 3.6), layout="constrained")
        axes = figure.subplots()
        axes.plot([0, 1], [0, 1], color="#8a8f98", linewidth=1, linestyle="--")
        largest = max((one.count for one in filled), default=1)
        sizes = [20.0 + 180.0 * one.count / largest for one in filled]
        axes.plot([one.mean for one in filled], [one.share for one in filled], color=ACCENT, linewidth=1, alpha=0.5)
        axes.scatter([one.mean for one in filled], [one.share for one in filled], s=sizes, color=ACCENT)
        axes.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), xlabel="mean probability", ylabel="share of answers 1")
        return figure_svg(figure)


def probabilities_svg(values: NDArray[np.int64], probabilities: NDArray[np.float64], words: tuple[str, str]) -> str:
    """Draw how many held-out faces of each answer `(N,)` got which probability `(N,)`; as SVG text.

    Args:
        values: Answers, 0 or 1.
        probabilities: Of the answer 1.
        words: What 0 and 1 mean.
    """
    with rc_context(PLOT_SETTINGS):
        figure = Figure(figsize=(4.6, 3.6), layout="constrained")
        axes = figure.subplots()
        groups = [probabilities[values == answer] for answer in (0, 1)]
        axes.hist(groups, bins=20, range=(0, 1), color=[_MARK, ACCENT], label=[f"answered {word}" for word in words])
        axes.set(xlabel="probability", ylabel="faces (logarithmic)", xlim=(0, 1), yscale="log")
        axes.legend(frameon=False, loc="upper center")
        return figure_svg(figure)
