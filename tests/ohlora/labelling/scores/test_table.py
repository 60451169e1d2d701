import numpy as np
import pytest

from ohlora.errors import OhloraError
from ohlora.labelling.scores.table import Measurement, ScoreTable


def test_the_first_rule_that_fits_gives_the_reason():
    m = Measurement.of(
        np.array([1.0, 2.0, np.nan]),
        (np.array([False, True, False]), "covered"),
        (np.array([False, True, True]), "not found"),
    )
    np.testing.assert_array_equal(m.values, [1.0, np.nan, np.nan])
    assert m.reasons == {1: "covered", 2: "not found"}


def test_a_missing_score_without_a_reason_is_a_mistake():
    with pytest.raises(AssertionError):
        Measurement.of(np.array([np.nan]))


def test_rows_names_and_concatenation():
    first = ScoreTable.from_measurements(
        {"eyes": Measurement(np.array([1.0])), "pose": Measurement(np.array([np.nan]), {0: "no nose"})}, 1, "v3"
    )
    both = ScoreTable.concatenate([first, first])
    assert len(both) == 2 and both.names == ("eyes", "pose") and both.version == "v3"
    assert both.reasons == [{"pose": "no nose"}] * 2
    assert both.row(1)["eyes"] == 1.0 and np.isnan(both.row(1)["pose"])


def test_columns_of_different_lengths_are_refused():
    with pytest.raises(OhloraError, match="2 scores per attribute"):
        ScoreTable({"eyes": np.zeros(2), "pose": np.zeros(3)}, [{}, {}], "v3")
