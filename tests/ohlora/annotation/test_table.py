from pathlib import Path

from ohlora.annotation.answers import AnswerLog
from ohlora.annotation.table import merge_answers, merge_if_free
from ohlora.datasets.face_folder import FaceDataset


def answer(faces: Path, annotator: str, **given: object) -> None:
    log = AnswerLog(FaceDataset(faces).labels_folder, annotator)
    for name, value in given.items():
        log.set(("gender", f"{name.lstrip('_')}.png"), value)  # type: ignore[arg-type]
    log.close()


def cells(faces: Path) -> dict[str, tuple[str, str]]:
    rows = FaceDataset(faces).rows
    return {name: (row.get("label_gender", ""), row.get("label_gender_answers", "")) for name, row in rows.items()}


def test_answers_get_into_the_table(faces: Path) -> None:
    answer(faces, "ben", _00=1, _01=0, _02="skip", _03=1)
    answer(faces, "anna", _00=1, _01=1, _04=0)
    assert merge_answers(faces) == 5
    assert cells(faces) == {
        "00.png": ("1", "anna 1; ben 1"),
        "01.png": ("", "anna 1; ben 0"),
        "04.png": ("0", "anna 0"),
        "02.png": ("", "ben skip"),
        "03.png": ("1", "ben 1"),
    }
    assert merge_answers(faces) == 0


def test_what_was_taken_back_leaves_the_table(faces: Path) -> None:
    answer(faces, "me", _00=1, _01=1)
    merge_answers(faces)
    answer(faces, "me", _01=None)
    assert merge_answers(faces) == 1
    assert cells(faces)["01.png"] == ("", "")


def test_labels_and_rows_from_elsewhere_stay(faces: Path) -> None:
    (faces / "metadata.csv").write_text("file_name,label_gender,note\n05.png,1,mine\n00.png,,x\n")
    answer(faces, "me", _00=0, gone=1)
    merge_answers(faces)
    assert cells(faces) == {"05.png": ("1", ""), "00.png": ("0", "me 0")}
    assert FaceDataset(faces).text("note") == ["mine", "x"]


def test_another_command_that_writes_is_not_disturbed(faces: Path) -> None:
    answer(faces, "me", _00=1)
    with FaceDataset(faces).writing():
        assert merge_if_free(faces) == 0
    assert merge_if_free(faces) == 1
