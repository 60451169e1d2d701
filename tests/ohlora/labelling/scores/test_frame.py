import numpy as np
import pytest

from ohlora.labelling.scores.regions import FaceRegions
from segmentation.classes import FaceClass


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
    regions = FaceRegions(*face(tilt=-10.0))
    right = regions.pixels(FaceClass.RIGHT_EYE)
    assert right.mean(regions.frame.along(right))[0] == pytest.approx(0.5, abs=0.01)


def test_the_less_the_eyes_are_open_the_more_the_brows_say_where_their_middle_is(draw):
    def map_of(eye_columns, eye_rows, brow_shift):
        # Brows 56 apart, moved aside by `brow_shift`; the eyes' middle and the nose at column 112.
        left, right = 84 - eye_columns // 2, 140 - eye_columns // 2
        return draw(
            (FaceClass.LEFT_EYE, 100, left, eye_rows, eye_columns),
            (FaceClass.RIGHT_EYE, 100, right, eye_rows, eye_columns),
            (FaceClass.LEFT_EYEBROW, 80, 74 + brow_shift, 4, 20),
            (FaceClass.RIGHT_EYEBROW, 80, 130 + brow_shift, 4, 20),
            (FaceClass.NOSE, 120, 107, 20, 10),
        )

    # Open eyes have 0.05 x 56^2 = 157 pixels and more; the brows then count nothing.
    assert frame(map_of(20, 8, 6)).turn[0] == pytest.approx(frame(map_of(20, 8, 0)).turn[0], abs=1e-12)
    # 40 of 156.8 pixels: the eyes count 0.2 + 0.8 x 40 / 156.8 = 0.404, the brows, 6 of 56 aside, the rest.
    shifted = frame(map_of(20, 2, 6)).turn[0] - frame(map_of(20, 2, 0)).turn[0]
    assert shifted == pytest.approx((1.0 - (0.2 + 0.8 * 40 / 156.8)) * 6 / 56)
    # Brows of 7 pixels, fewer than 30, count by their share.
    hidden = draw(
        (FaceClass.LEFT_EYE, 100, 74, 2, 20),
        (FaceClass.RIGHT_EYE, 100, 130, 2, 20),
        (FaceClass.LEFT_EYEBROW, 80, 87, 1, 7),
        (FaceClass.RIGHT_EYEBROW, 80, 143, 1, 7),
        (FaceClass.NOSE, 120, 107, 20, 10),
    )
    eyes, brows = 0.2 + 0.8 * 40 / 156.8, (1.0 - (0.2 + 0.8 * 40 / 156.8)) * 7 / 30
    by_eyes = -(111.5 - 111.5) / 56
    by_brows = -(111.5 - 118.0) / 56
    assert frame(hidden).turn[0] == pytest.approx((eyes * by_eyes + brows * by_brows) / (eyes + brows))
