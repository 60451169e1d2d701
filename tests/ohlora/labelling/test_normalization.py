import json
from importlib.resources import files

import numpy as np
import pytest

from ohlora.errors import OhloraError
from ohlora.labelling.attributes import AttributeSpec, build_registry
from ohlora.labelling.normalization import Normalizer

HEIGHTS = [100.0, 250.0, 120.0, 180.0, 210.0]


def test_minmax_to_the_declared_range():
    # (s - 100) / 150: 0, 1, 20/150, 80/150, 110/150; pose spans -1..1.
    attributes = Normalizer.fit({"eyes": HEIGHTS, "pose": HEIGHTS}).apply({"eyes": HEIGHTS, "pose": HEIGHTS})
    np.testing.assert_allclose(attributes["eyes"], [0, 1, 20 / 150, 80 / 150, 110 / 150])
    np.testing.assert_allclose(attributes["eyes"].round(3), [0, 1, 0.133, 0.533, 0.733])
    np.testing.assert_allclose(attributes["pose"], 2 * attributes["eyes"] - 1)


def test_missing_scores_stay_missing_and_do_not_count():
    normalizer = Normalizer.fit({"eyes": [1.0, np.nan, 3.0, 2.0]})
    np.testing.assert_array_equal(normalizer.apply({"eyes": [1.0, np.nan, 3.0, 2.0]})["eyes"], [0, np.nan, 1, 0.5])
    assert normalizer.columns["eyes"].count == 3
    assert np.isnan(normalizer.invert({"eyes": [np.nan]})["eyes"][0])


@pytest.mark.parametrize("value", [0.0, 7.0, 0.1 + 0.2])
def test_a_constant_column_becomes_the_middle_and_is_read_back_as_its_score(value):
    normalizer = Normalizer.fit({"eyes": [value, value, np.nan], "pose": [value, value, value]})
    attributes = normalizer.apply({"eyes": [value, np.nan, value + 5], "pose": [value]})
    np.testing.assert_array_equal(attributes["eyes"], [0.5, np.nan, 0.5])
    assert attributes["pose"][0] == 0.0
    np.testing.assert_array_equal(normalizer.invert({"eyes": [0.0, 1.0, np.nan]})["eyes"], [value, value, np.nan])


def test_rounding_alone_is_no_range():
    assert Normalizer.fit({"eyes": [0.3, 0.1 + 0.2]}).columns["eyes"].constant


def test_a_column_without_scores_stays_missing_both_ways(tmp_path):
    normalizer = Normalizer.fit({"gender": [np.nan, np.nan]})
    assert np.isnan(normalizer.apply({"gender": [0.5]})["gender"]).all()
    assert np.isnan(normalizer.invert({"gender": [0.5]})["gender"]).all()
    normalizer.save(tmp_path / "n.json")
    assert Normalizer.load(tmp_path / "n.json") == normalizer


@pytest.mark.parametrize("bounds", ["minmax", "quantile"])
def test_bounds_of_a_probability_are_0_and_1(bounds):
    column = Normalizer.fit({"gender": [0.01, 0.02, np.nan]}, bounds=bounds).columns["gender"]
    assert (column.minimum, column.maximum, column.count) == (0.0, 1.0, 2)


def test_the_shipped_normalisation_has_probabilities_from_0_to_1():
    column = Normalizer.load(str(files("ohlora.models.portraits") / "normalization.json")).columns["gender"]
    assert (column.minimum, column.maximum) == (0.0, 1.0)


def test_saved_bounds_load_as_they_are(tmp_path):
    saved = json.loads((files("ohlora.models.portraits") / "normalization.json").read_text())
    saved["attributes"]["gender"] |= {"minimum": 2.323156539e-06, "maximum": 0.999999166}
    (tmp_path / "n.json").write_text(json.dumps(saved))
    column = Normalizer.load(tmp_path / "n.json").columns["gender"]
    assert (column.minimum, column.maximum) == (2.323156539e-06, 0.999999166)


def test_quantile_bounds_ignore_outliers():
    scores = np.concatenate([np.linspace(0.0, 100.0, 101), [1e6]])
    normalizer = Normalizer.fit({"eyes": scores}, bounds="quantile", quantiles=(0.1, 0.9))
    column = normalizer.columns["eyes"]
    # Ranks 0.1 x 101 = 10.1 and 0.9 x 101 = 90.9 of 102 sorted scores, linear between ranks.
    assert (column.minimum, column.maximum) == (pytest.approx(10.1), pytest.approx(90.9))
    attributes = normalizer.apply({"eyes": scores})["eyes"]
    assert attributes.min() == 0.0 and attributes.max() == 1.0


def test_later_scores_beyond_the_bounds_stay_in_the_range_unless_asked():
    normalizer = Normalizer.fit({"pose": [-2.0, 2.0]})
    assert normalizer.apply({"pose": [4.0]})["pose"][0] == 1.0
    free = normalizer.apply({"pose": [4.0]}, clip=False)
    assert free["pose"][0] == 2.0 and normalizer.invert(free)["pose"][0] == 4.0


def test_round_trips_through_a_file(tmp_path):
    random = np.random.default_rng(0)
    scores = {"eyes": random.normal(size=50), "pose": random.normal(size=50)}
    normalizer = Normalizer.fit(scores)
    normalizer.save(tmp_path / "normalization.json")
    loaded = Normalizer.load(tmp_path / "normalization.json")
    assert loaded == normalizer
    for name, back in loaded.invert(loaded.apply(scores)).items():
        np.testing.assert_allclose(back, scores[name], atol=1e-12)
    assert [file.name for file in tmp_path.iterdir()] == ["normalization.json"]


def test_files_hold_range_and_bounds_in_one_level(tmp_path):
    path = tmp_path / "n.json"
    Normalizer.fit({"pose": [2.0, 4.0]}).save(path)
    entry = {"low": -1.0, "high": 1.0, "minimum": 2.0, "maximum": 4.0, "count": 2}
    assert json.loads(path.read_text())["attributes"] == {"pose": entry}


def test_own_attributes():
    registry = build_registry([AttributeSpec("age", 10.0, 20.0, "age", "young to old")])
    assert Normalizer.fit({"age": [1.0, 3.0]}, attributes=registry).apply({"age": [2.0]})["age"][0] == 15.0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"values": {"nose": [1.0]}}, "unknown attribute 'nose'"),
        ({"values": {"eyes": [np.inf]}}, "infinite"),
        ({"values": {"eyes": [[1.0]]}}, "shape"),
        ({"values": {}, "bounds": "median"}, "minmax, quantile"),
        ({"values": {}, "bounds": "quantile", "quantiles": (0.9, 0.1)}, "lower < upper"),
    ],
)
def test_bad_input_is_named(arguments, words):
    with pytest.raises(OhloraError, match=words):
        Normalizer.fit(**arguments)


def test_unfitted_attributes_are_named():
    with pytest.raises(OhloraError, match="'pose' was not fitted; fitted are: eyes"):
        Normalizer.fit({"eyes": HEIGHTS}).apply({"pose": HEIGHTS})


def test_files_that_are_no_normalisation_are_named(tmp_path):
    path = tmp_path / "n.json"
    with pytest.raises(OhloraError, match="no normalisation at"):
        Normalizer.load(path)
    path.write_text("{")
    with pytest.raises(OhloraError, match="cannot read"):
        Normalizer.load(path)
    path.write_text("[]")
    with pytest.raises(OhloraError, match="format"):
        Normalizer.load(path)
    Normalizer.fit({"eyes": HEIGHTS}).save(path)
    content = json.loads(path.read_text())
    content["attributes"]["eyes"]["minimum"] = 999.0
    path.write_text(json.dumps(content))
    with pytest.raises(OhloraError, match="damaged.*minimum <= maximum"):
        Normalizer.load(path)
    del content["attributes"]["eyes"]["minimum"]
    path.write_text(json.dumps(content))
    with pytest.raises(OhloraError, match="damaged"):
        Normalizer.load(path)
