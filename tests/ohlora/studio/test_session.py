import copy
import time

import numpy as np
import pytest

from ohlora.errors import SettingsError
from ohlora.studio.faces import Face
from ohlora.studio.session import MOST_KEPT, Session

OWN = {"mouth": 0.123, "pose": 0.4}


@pytest.fixture
def session() -> Session:
    return Session(Face(7), OWN)


def test_only_what_was_dragged_counts_as_moved(session: Session) -> None:
    assert session.stands == {"mouth": 0.12, "pose": 0.4}
    face = session.drag(0, {"mouth": 0.12, "pose": 0.41})
    assert face == Face(7, moved={"pose": 0.41})
    # Back to where the face has it: still moved, as the visitor put it there.
    assert session.drag(0, {"mouth": 0.12, "pose": 0.4}) == Face(7, moved={"pose": 0.4})


def test_a_drag_that_moves_nothing_draws_nothing(session: Session) -> None:
    assert session.drag(0, {"mouth": 0.12, "pose": 0.4}) is None


def test_a_drag_that_was_meant_for_another_face_is_dropped(session: Session) -> None:
    session.show(Face(8), {"mouth": 0.9, "pose": -0.5})
    assert session.revision == 1
    # The page still had face 7 on it: on face 8 both sliders would count as moved.
    assert session.drag(0, {"mouth": 0.12, "pose": 0.5}) is None
    assert session.face == Face(8)
    assert session.drag(1, {"mouth": 0.9, "pose": 0.5}) == Face(8, moved={"pose": 0.5})


def test_a_page_that_missed_a_change_is_not_left_behind(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    session.show(Face(8), {"mouth": 0.9, "pose": -0.5})
    later = time.monotonic() + 2.0
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert session.drag(0, {"mouth": 0.12, "pose": 0.5}) == Face(8, moved={"pose": 0.5})
    assert session.drag(99, {"mouth": 0.12, "pose": 0.5}) is None


def test_a_late_picture_of_another_face_is_not_what_is_measured(session: Session) -> None:
    late, shown = np.zeros((4, 4, 3), np.uint8), np.ones((4, 4, 3), np.uint8)
    session.show(Face(8), OWN)
    first = session.drawn(Face(8), shown)
    assert session.drawn(Face(7), late) > first
    assert session.pixels is shown


def test_visitors_share_nothing(session: Session) -> None:
    other = copy.deepcopy(session)
    other.drag(0, {"mouth": 0.9, "pose": 0.4})
    other.keep("data:")
    assert session.face == Face(7) and not session.kept


def test_a_face_is_kept_once(session: Session) -> None:
    assert session.keep("data:").number == 1
    with pytest.raises(SettingsError, match="kept already, as number 1"):
        session.keep("data:")
    session.show(Face(8), OWN)
    assert session.keep("data:").number == 2


def test_the_gallery_has_an_end(session: Session) -> None:
    for seed in range(MOST_KEPT):
        session.show(Face(seed), OWN)
        session.keep("data:")
    session.show(Face(MOST_KEPT), OWN)
    with pytest.raises(SettingsError, match="at most 60 kept faces"):
        session.keep("data:")


def test_ticked_faces_are_exported_or_all(session: Session) -> None:
    with pytest.raises(SettingsError, match="nothing is kept yet"):
        session.chosen_faces()
    for seed in (7, 8, 9):
        session.show(Face(seed), OWN)
        session.keep("data:")
    assert [kept.face.seed for kept in session.chosen_faces()] == [7, 8, 9]
    session.choose([2, 99, "1", None])
    assert [kept.face.seed for kept in session.chosen_faces()] == [8]


def test_ticked_faces_are_removed_and_numbers_are_not_used_again(session: Session) -> None:
    session.keep("data:")
    with pytest.raises(SettingsError, match="tick the faces"):
        session.remove()
    session.choose([1])
    assert session.remove() == 1 and not session.kept and not session.chosen
    assert session.keep("data:").number == 2
    with pytest.raises(SettingsError, match="no longer kept"):
        session.kept_face(1)
