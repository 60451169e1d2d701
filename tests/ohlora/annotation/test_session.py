from pathlib import Path

import pytest

from ohlora.annotation.queue import QueueSettings, all_questions
from ohlora.annotation.session import Session, UnknownQuestionError
from ohlora.datasets.face_folder import FaceDataset
from ohlora.errors import DatasetError, SettingsError
from ohlora.labelling.label_columns import LabelName

GENDER, QUALITY = LabelName.parse("gender"), LabelName.parse("quality")


def open_session(faces: Path, annotator: str = "me", **settings: object) -> Session:
    return Session(FaceDataset(faces), annotator, QueueSettings(**{"labels": (GENDER,), **settings}))  # type: ignore[arg-type]


def now(session: Session) -> tuple[str, str] | None:
    question = session.state()["now"]
    return question and (question["label"], question["name"])


def answer(session: Session, *given: object) -> None:
    for one in given:
        question = session.state()["now"]
        session.answer(question["face"], question["label"], one)  # type: ignore[arg-type]


def test_labels_of_a_face_follow_each_other(faces: Path) -> None:
    session = open_session(faces, labels=(GENDER, QUALITY), count=2)
    asked = []
    while now(session):
        asked.append(now(session))
        answer(session, 1)
    assert asked == [(label, face) for face in ("00.png", "01.png") for label in ("gender", "quality")]
    state = session.state()
    assert (state["done"], state["total"], state["last"]) == (
        *(4, 4),
        {"name": "01.png", "label": "quality", "answer": "good"},
    )
    session.close()


def test_a_session_goes_on_where_the_last_one_stopped(faces: Path) -> None:
    session = open_session(faces)
    answer(session, 1, 0, "skip")
    session.close()
    session = open_session(faces)
    state = session.state()
    assert now(session) == ("gender", "03.png")
    assert (state["done"], state["total"], state["skipped"], state["ahead"]) == (3, 12, 1, [4, 5, 6])
    assert session.undo() and now(session) == ("gender", "02.png")
    assert session.undo() and session.undo() and not session.undo()
    assert now(session) == ("gender", "00.png") and session.state()["done"] == 0
    session.close()


def test_skipped_faces_are_asked_again_on_request(faces: Path) -> None:
    session = open_session(faces)
    answer(session, 1, "skip", 0, "skip")
    session.close()
    session = open_session(faces, skipped=True)
    assert now(session) == ("gender", "01.png")
    answer(session, "skip")
    assert now(session) == ("gender", "03.png")
    session.close()


def test_annotators_have_their_own_answers(faces: Path) -> None:
    first, second = open_session(faces, "anna"), open_session(faces, "ben")
    answer(first, 1, 1, 0)
    answer(second, 1, 0)
    assert [one.line() for one in second.agreement()] == [
        "gender: anna and ben agree on 50.0 % of 2 faces, Cohen's kappa 0.00; they differ on 01.png (anna 1, ben 0)"
    ]
    for session in (first, second):
        session.close()


def test_an_answer_counts_for_the_face_that_was_shown(faces: Path) -> None:
    session = open_session(faces)
    answer(session, 1)
    session.answer(0, "gender", 0)  # a second tab that still shows the first face
    assert session.log.answers == {("gender", "00.png"): 0} and now(session) == ("gender", "01.png")
    for face, label in ((12, "gender"), (-1, "gender"), (0, "quality")):
        with pytest.raises(UnknownQuestionError):
            session.answer(face, label, 1)
    session.close()


def test_pace_leaves_pauses_out(faces: Path) -> None:
    session = open_session(faces)
    assert session.state()["per_minute"] is None
    answer(session, 1, 1, 1)
    session._times.clear()
    session._times.extend([100.0, 102.0, 104.0, 9000.0])  # two answers in 2 s each, and an hour's pause as a minute
    state = session.state()
    assert state["per_minute"] == pytest.approx(60 / (64 / 3))
    assert state["seconds_left"] == pytest.approx(9 * 64 / 3)
    session.close()


def test_only_uncertain_begins_with_the_least_sure(faces: Path) -> None:
    (faces / "metadata.csv").write_text(
        "file_name,probability_gender,probability_quality\n"
        "00.png,0.99,0.5\n01.png,0.3,0.95\n02.png,0.52,\n03.png,,0.11\n04.png,0.05,0.95\n"
    )
    asked = all_questions(FaceDataset(faces), QueueSettings((GENDER,), only_uncertain=True))
    assert asked == [("gender", "02.png"), ("gender", "01.png")]
    asked = all_questions(FaceDataset(faces), QueueSettings((GENDER, QUALITY), only_uncertain=True))
    assert asked == [("quality", "00.png"), ("gender", "02.png"), ("gender", "01.png"), ("quality", "03.png")]


def test_only_uncertain_needs_a_classifier(faces: Path) -> None:
    with pytest.raises(DatasetError, match="ohlora classify train"):
        open_session(faces, only_uncertain=True)


def test_where_the_classifier_is_sure_there_is_nothing_uncertain(faces: Path) -> None:
    (faces / "metadata.csv").write_text("file_name,probability_gender\n00.png,0.99\n01.png,\n")
    with pytest.raises(DatasetError, match="sure of every face"):
        open_session(faces, only_uncertain=True)


def test_settings_that_ask_for_nothing(faces: Path, tmp_path: Path) -> None:
    for settings in ({"labels": ()}, {"labels": (GENDER, GENDER)}, {"labels": (GENDER,), "count": 0}):
        with pytest.raises(SettingsError):
            QueueSettings(**settings)  # type: ignore[arg-type]
    (tmp_path / "empty").mkdir()
    with pytest.raises(DatasetError, match="expected images"):
        open_session(tmp_path / "empty")
