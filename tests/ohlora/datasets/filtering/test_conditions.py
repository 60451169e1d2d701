from pathlib import Path

import pytest

from ohlora.datasets.face_folder import FaceDataset
from ohlora.datasets.filtering.conditions import Count, select
from ohlora.datasets.filtering.expression import ExpressionError

TABLE = """file_name,gender,eyes,parser,quality
a.png,0.95,0.1,portraits,
b.png,0.05,0.9,portraits,
c.png,,0.5,facexformer,
d.png,0.5,,,
"""


@pytest.fixture
def faces(tmp_path: Path) -> FaceDataset:
    (tmp_path / "metadata.csv").write_text(TABLE)
    return FaceDataset(tmp_path)


def chosen(faces: FaceDataset, where: str) -> str:
    return "".join(name[0] for name in select(faces, where).names)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("gender > 0.9", "a"),
        ("gender >= 0.5", "ad"),
        ("gender == 0.5", "d"),
        ("gender != 0.5", "ab"),
        ("0.9 < gender", "a"),
        ("0.1 <= eyes < 0.9", "ac"),
        ("eyes < gender", "a"),
        ("parser == 'portraits'", "ab"),
        ('parser != "portraits"', "c"),
        ("gender > 0.9 or eyes > 0.8", "ab"),
        ("gender > 0.9 and eyes > 0.8", ""),
        ("gender is missing", "c"),
        ("gender is not missing", "abd"),
        ("quality is missing", "abcd"),
        ("quality > 0.5", ""),
        ("file_name == 'b.png'", "b"),
    ],
)
def test_which_rows_are_chosen(faces: FaceDataset, where: str, expected: str) -> None:
    assert chosen(faces, where) == expected


def test_the_opposite_of_unknown_is_unknown(faces: FaceDataset) -> None:
    assert chosen(faces, "not gender > 0.9") == "bd"
    assert chosen(faces, "not (gender > 0.9 or eyes > 0.8)") == ""  # c: unknown or no; d: no or unknown
    assert chosen(faces, "not (gender > 0.9 and eyes > 0.8)") == "abcd"  # one side is no everywhere
    assert chosen(faces, "gender > 0.9 or gender is missing") == "ac"


def test_counts_per_condition(faces: FaceDataset) -> None:
    selection = select(faces, "gender > 0.9 and not eyes > 0.8")
    assert selection.counts == (Count("gender > 0.9", 1, 2, 1), Count("eyes > 0.8", 1, 2, 1))
    assert selection.lines()[-1] == "chosen: 1 of 4 faces"


@pytest.mark.parametrize(
    ("where", "place", "message"),
    [
        ("gendr > 0.9", 0, "did you mean gender?"),
        ("gender > 0.9 and colour > 1", 17, "no column 'colour'; there are: file_name, gender"),
        ("parser > 3", 0, "'parser' holds text, such as 'portraits',"),
        ("gender == 'woman'", 10, "'woman' is text and cannot be compared with numbers of 'gender'"),
        ("parser > 'a'", 0, "only be compared with == and !="),
        ("parser == gender", 0, "'parser' is text"),
    ],
)
def test_conditions_that_do_not_fit_the_table(faces: FaceDataset, where: str, place: int, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        select(faces, where)
    assert message in caught.value.message and caught.value.place == place
