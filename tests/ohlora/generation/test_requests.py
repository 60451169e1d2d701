from pathlib import Path

import numpy as np
import pytest

from ohlora.errors import DatasetError, SettingsError
from ohlora.generation.requests import (
    FaceRequest,
    build_requests,
    columns_of,
    parse_slider,
    random_sliders,
    read_requests,
    requested_sliders,
    requests_of,
    single_values,
)
from ohlora.sliders.slider import build_sliders


def ask(seeds: list[int], variations: int = 1, **texts: str) -> list[tuple[int, dict[str, float]]]:
    sliders = {name: parse_slider(name, text) for name, text in texts.items()}
    return [(request.seed, dict(request.sliders)) for request in build_requests(seeds, sliders, variations)]


def test_values_and_lists_go_to_every_face() -> None:
    assert ask([3, 4]) == [(3, {}), (4, {})]
    assert ask([3, 4], mouth="0.9") == [(3, {"mouth": 0.9}), (4, {"mouth": 0.9})]
    assert ask([3], mouth="0, 1,0", pose="-0.5") == [(3, {"mouth": 0, "pose": -0.5}), (3, {"mouth": 1, "pose": -0.5})]
    assert len(ask([3, 4], mouth="0,1", pose="-1,0,1")) == 12


def test_a_range_gives_a_face_the_same_value_whatever_else_is_asked_for() -> None:
    alone, company = ask([7], mouth="0:1"), ask([5, 7], mouth="0:1", pose="-1:1")
    assert company[1][1]["mouth"] == alone[0][1]["mouth"] != company[0][1]["mouth"]
    # Half the range, half the way: the share is the seed's.
    assert ask([7], mouth="0:0.5")[0][1]["mouth"] == pytest.approx(alone[0][1]["mouth"] / 2, abs=1e-6)
    # numpy.random.RandomState([7, 0, 109, 111, 117, 116, 104]).random_sample(), rounded.
    assert alone[0][1]["mouth"] == 0.666132


def test_random_values_fill_their_range_evenly_and_each_variation_is_another() -> None:
    values = np.array([sliders["pose"] for _, sliders in ask(list(range(50)), 20, pose="-1:1")])
    assert len(set(values)) > 990 and values.min() > -1 and values.max() < 1
    assert abs(values.mean()) < 0.06 and abs(values.std() - 2 / 12**0.5) < 0.03
    assert [seed for seed, _ in ask([8, 9], 2, mouth="0:1")] == [8, 8, 9, 9]


def test_all_sliders_at_random_stay_in_their_ranges() -> None:
    known = build_sliders(["mouth", "pose"])
    for request in build_requests(range(50), random_sliders(known)):
        assert 0 <= request.sliders["mouth"] <= 1 and -1 <= request.sliders["pose"] <= 1


@pytest.mark.parametrize("text", ["wide", "", "0,", "0:", "0:1:2", "nan", "inf", "0:x"])
def test_what_is_no_value_is_said(text: str) -> None:
    with pytest.raises(SettingsError, match=f"for mouth a value such as 0.9, a list .* or a range .*, got '{text}'"):
        parse_slider("mouth", text)


def test_what_cannot_be_asked_for_is_said() -> None:
    with pytest.raises(SettingsError, match=r"from a lower to a higher value, got '1:0'"):
        parse_slider("mouth", "1:0")
    with pytest.raises(SettingsError, match="none is random"):
        ask([1], 3, mouth="0.5")
    with pytest.raises(SettingsError, match="at most 10,000,000 faces at once, got 20,000,000"):
        build_requests(range(10_000_000), {"mouth": parse_slider("mouth", "0,1")})
    with pytest.raises(SettingsError, match="one value for mouth"):
        single_values({"mouth": parse_slider("mouth", "0,1")})


def test_columns_and_requests_say_the_same() -> None:
    requests = (FaceRequest(3, {"mouth": 0.5}), FaceRequest(3), FaceRequest(4, {"pose": 1.0, "mouth": 0.0}))
    columns = columns_of(requests)
    np.testing.assert_array_equal(columns["mouth"], [0.5, np.nan, 0.0])
    assert requests_of([3, 3, 4], columns) == requests


def test_a_table_of_requests(tmp_path: Path) -> None:
    table = tmp_path / "wanted.csv"
    table.write_text("\ufeffseed, mouth,slider_hair-length\r\n7,0.5,\r\n\r\n8,,0.25\r\n9\r\n")
    assert read_requests(table) == (
        *(FaceRequest(7, {"mouth": 0.5}), FaceRequest(8, {"hair_length": 0.25}), FaceRequest(9)),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("seed,mouth\n1,0.5\n2,wide\n", "line 3 of .*: expected a seed and numbers or nothing, got .*wide"),
        ("seed,mouth\n,0.5\n", "line 2 of .*: expected a seed"),
        ("seed\n-1\n", "line 2 of .*: expected a seed"),
        ("seed,mouth\n1,0.5,3\n", "line 2 of .*: expected a seed"),
        ("mouth\n1\n", "a header with the column seed.*found 1 rows under: mouth"),
        ("seed,mouth,slider_mouth\n1,0,1\n", "no name twice"),
        ("seed\n", "found 0 rows under: seed"),
        ("", "found 0 rows under: nothing"),
    ],
)
def test_tables_that_are_none(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "wanted.csv").write_text(text)
    with pytest.raises(DatasetError, match=message):
        read_requests(tmp_path / "wanted.csv")


def test_a_table_that_is_missing_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="missing.csv: No such file"):
        read_requests(tmp_path / "missing.csv")
    (tmp_path / "latin.csv").write_bytes(b"seed,m\xfcnd\n")
    with pytest.raises(DatasetError, match="expected a table in UTF-8"):
        read_requests(tmp_path / "latin.csv")


def test_sliders_of_a_row_also_of_earlier_versions() -> None:
    assert requested_sliders({"slider_mouth": "0.5", "slider_pose": "", "mouth": "0.1"}) == {"mouth": 0.5}
    assert requested_sliders({"sliders": "mouth=0.9 pose=-0.4"}) == {"mouth": 0.9, "pose": -0.4}
    with pytest.raises(DatasetError, match="expected numbers as sliders of a.png"):
        requested_sliders({"file_name": "a.png", "slider_mouth": "x"})
