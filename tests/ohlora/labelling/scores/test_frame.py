import numpy as np
import pytest

from ohlora.labelling.scores.regions import FaceRegions


def frame(batch):
    return FaceRegions(*batch).frame


def test_an_upright_face(face):
    f = frame(face())
    assert (f.x[0], f.y[0]) == (112.0, 100.0)
    assert (f.cosine[0], f.sine[0]) == (1.0, 0.0)
    assert f.unit[0] == pytest.approx(56.0)


def test_a_tilted_face(face):
    f = frame(face(tilt=15.0))
    assert np.degrees(np.arctan2(f.sine[0], f.cosine[0])) == pytest.approx(15.0, abs=1.0)
    assert f.unit[0] == pytest.approx(56.0, abs=0.5)


def test_a_turned_face_is_given_its_full_eye_distance(face):
    # Nose 14 of 56 aside: tangent (14 / 56) / (1 / 3) = 0.75, so 1 / cosine = 1.25.
    assert frame(face(nose=14.0)).unit[0] == pytest.approx(70.0, rel=0.02)


def test_brows_stand_in_for_eyes(face):
    f = frame(face(eyes="none"))
    # Brows at row 80, 56 apart; the eyes are taken to lie 0.35 x 56 below.
    assert f.y[0] == pytest.approx(80 + 0.35 * 56, abs=0.5)
    assert f.unit[0] == pytest.approx(56.0, abs=0.5)


def test_no_frame_without_eyes_and_brows(draw):
    f = frame(draw())
    assert all(np.isnan(value[0]) for value in (f.x, f.y, f.cosine, f.sine, f.unit, f.turn))


def test_coordinate_along_the_eyes(face):
    from segmentation.classes import FaceClass

    regions = FaceRegions(*face(tilt=-10.0))
    right = regions.pixels(FaceClass.RIGHT_EYE)
    assert right.mean(regions.frame.along(right))[0] == pytest.approx(0.5, abs=0.01)
