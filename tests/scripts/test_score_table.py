import click
import numpy as np
import pytest

pytest.importorskip("skia", reason="skia-python is not installed (pip install 'ohlora[render]')")

from scripts import score_table
from scripts.pages import with_section


def measured(truth, scores):
    names = score_table.NAMES
    return score_table.Measured(
        {name: np.array(truth) for name in names}, {("exact", "v3", name): np.array(scores) for name in names}
    )


def test_correlation_leaves_out_what_is_missing_and_says_so():
    # Ranks 1 2 3 against 1 3 2: 1 - 6 (0 + 1 + 1) / (3 (9 - 1)) = 0.5; one truth and one score are missing.
    m = measured([0.1, 0.2, 0.3, np.nan, 0.5], [1.0, 3.0, 2.0, 9.0, np.nan])
    assert score_table.correlation(m, "exact", "v3", "pose") == "0.500 (1 missing)"


def test_equal_scores_correlate_with_nothing():
    assert score_table.correlation(measured([1.0, 2.0, 3.0], [0.0, 0.0, 0.0]), "exact", "v3", "pose") == "none"


def test_only_what_stands_between_the_markers_is_replaced():
    page = "before\n<!-- a: begin (x) -->\nold\n<!-- a: end -->\nafter\n"
    new = with_section(page, "a", iter(["| row |"]))
    assert new == "before\n<!-- a: begin (x) -->\n\n| row |\n\n<!-- a: end -->\nafter\n"
    assert with_section(new, "a", iter(["| row |"])) == new
    with pytest.raises(click.ClickException, match="markers"):
        with_section("nothing", "a", iter([]))


@pytest.mark.parametrize("kind", list(score_table.SPOILS))
def test_spoiled_maps_keep_their_form(kind):
    random = np.random.default_rng(0)
    label_map = random.integers(0, 11, size=(224, 224), dtype=np.uint8)
    image = np.zeros((224, 224, 3), np.uint8)
    maps, images = score_table.SPOILS[kind](label_map, image, random)
    assert maps.shape == (224, 224) and maps.dtype == np.uint8 and maps.max() <= 10
    assert images.shape == (224, 224, 3) and images.dtype == np.uint8


def test_the_docs_have_both_sections():
    page = score_table.PAGE.read_text(encoding="utf-8")
    for section in ("agreement", "robustness"):
        assert f"<!-- {section}: begin" in page and f"<!-- {section}: end -->" in page
