from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from PIL import Image

from ohlora.reports.figures import correlation_svg, distribution_svg, save_distributions


def test_plots_are_well_formed_and_repeatable() -> None:
    values = np.random.default_rng(0).uniform(size=50)
    values[:3] = np.nan
    svg = distribution_svg(values, (0.0, 1.0))
    assert ElementTree.fromstring(svg).tag.endswith("svg")
    assert svg == distribution_svg(values, (0.0, 1.0))


def test_values_without_spread_or_beyond_the_range_and_none_at_all_are_drawn() -> None:
    for values in (np.full(4, 0.5), np.array([-3.0, 4.0]), np.full(3, np.nan), np.zeros(0)):
        assert "<svg" in distribution_svg(values, (0.0, 1.0))


def test_the_correlation_plot_shows_names_and_figures() -> None:
    svg = correlation_svg(["eyes", "hair_color"], np.array([[1.0, -0.5], [-0.5, np.nan]]))
    for text in ("eyes", "hair color", "1.00", "−.50", "–"):
        assert text in svg


def test_all_distributions_go_into_one_png(tmp_path: Path) -> None:
    columns = {name: np.linspace(0, 1, 9) for name in ("eyes", "mouth", "pose", "gender")}
    save_distributions(tmp_path / "plot.png", columns, dict.fromkeys(columns, (0.0, 1.0)))
    with Image.open(tmp_path / "plot.png") as plot:
        assert plot.format == "PNG" and plot.width > plot.height > 300
    assert [path.name for path in tmp_path.iterdir()] == ["plot.png"]
