import numpy as np
import pytest

from ohlora.labelling.scores import compute_scores
from segmentation.classes import FaceClass as C


def scores(batch):
    table = compute_scores(*batch)
    assert table.version == "v3"
    return table.row(0)


def test_eyes_are_height_over_length(face):
    # Ellipses 26 long and 10 high.
    assert scores(face(opening=10))["eyes"] == pytest.approx(10 / 26, abs=0.02)
    assert scores(face(opening=3))["eyes"] == pytest.approx(3 / 26, abs=0.04)


def test_pose_is_the_noses_offset_in_eye_distances_and_positive_towards_the_viewers_left(face):
    # Eyes 56 apart; the nose 7 to the viewer's right: the person looks to their own left.
    assert scores(face(nose=7))["pose"] == pytest.approx(-7 / 56, abs=0.01)
    assert scores(face(nose=-7))["pose"] == pytest.approx(7 / 56, abs=0.01)
    assert scores(face())["pose"] == pytest.approx(0.0, abs=0.01)


def test_mouth_is_the_inner_height_over_the_width(face):
    # Inner mouth: area pi/4 x 38 x 8, mouth 44 wide, eyes 56 apart.
    assert scores(face(gap=8))["mouth"] == pytest.approx(np.pi / 4 * 38 * 8 / 44 / 56, rel=0.05)
    assert scores(face(gap=0))["mouth"] == 0.0


@pytest.mark.parametrize("tilt", [-20.0, 20.0])
@pytest.mark.parametrize("scale", [0.8, 1.1])
def test_tilt_and_size_of_the_head_drop_out(face, tilt, scale):
    upright, other = scores(face(nose=6)), scores(face(nose=6, tilt=tilt, scale=scale))
    for name, tolerance in (("eyes", 0.025), ("pose", 0.01), ("mouth", 0.012), ("hair_color", 1e-9)):
        assert other[name] == pytest.approx(upright[name], abs=tolerance), name


def test_hair_length_is_counted_from_the_eyes_in_eye_distances(face):
    label_map, image = face()
    label_map[label_map == C.HAIR] = C.BACKGROUND
    label_map[0, 40:157, 20:50] = C.HAIR
    # Last row 156; the eyes at row 100, 56 apart.
    assert scores((label_map, image))["hair_length"] == pytest.approx(1.0, abs=0.01)


def test_hair_below_the_frame_is_longer_the_more_of_the_chest_it_covers(face):
    lengths = []
    for width in (0, 10, 20, 40):
        label_map, image = face()
        label_map[0, 150:222, 20:30] = C.HAIR
        label_map[0, 150:224, 20 : 20 + width] = C.HAIR
        lengths.append(scores((label_map, image))["hair_length"])
    assert lengths == sorted(set(lengths))


def test_specks_of_a_parser_do_not_matter(face):
    clean, image = face(nose=5)
    specked = clean.copy()
    for face_class, y, x in ((C.LEFT_EYE, 200, 200), (C.NOSE, 210, 10), (C.INNER_MOUTH, 5, 5), (C.HAIR, 222, 100)):
        specked[0, y : y + 2, x : x + 3] = face_class
    before, after = scores((clean, image)), scores((specked, image))
    for name in ("eyes", "pose", "mouth", "hair_length"):
        assert after[name] == pytest.approx(before[name], abs=1e-9), name


def test_one_eye_stands_for_both(face):
    label_map, image = face(opening=9)
    both = scores((label_map, image))
    label_map[label_map == C.RIGHT_EYE] = C.FACE_SKIN
    one = scores((label_map, image))
    assert one["eyes"] == pytest.approx(both["eyes"], rel=0.02)
    assert one["pose"] == pytest.approx(both["pose"], abs=0.01)


def test_without_eyes_the_brows_give_the_frame_and_openness_is_missing(face):
    table = compute_scores(*face(eyes="none", nose=5))
    assert np.isnan(table.values["eyes"][0]) and "eye" in table.reasons[0]["eyes"]
    assert table.values["pose"][0] == pytest.approx(-5 / 56, abs=0.01)


def test_hair_color_ignores_a_quarter_at_both_ends(face):
    label_map, image = face()
    hair = np.argwhere(label_map[0] == C.HAIR)
    for where, brightness in ((hair[: len(hair) // 5], 255), (hair[-len(hair) // 5 :], 0)):
        image[0, where[:, 0], where[:, 1]] = brightness
    assert scores((label_map, image))["hair_color"] == pytest.approx(90.0)


def test_an_empty_map_misses_everything_with_reasons(draw):
    table = compute_scores(*draw())
    for name in ("eyes", "hair_color", "hair_length", "mouth", "pose"):
        assert np.isnan(table.values[name][0]) and table.reasons[0][name]


def test_a_scrap_of_a_closed_eye_is_not_a_wide_open_small_one(face, draw):
    label_map, image = face(eyes="none")
    label_map[0, 99:102, 82:86] = C.LEFT_EYE
    # Twelve pixels over an eye of at least 0.32 x 56 pixels: 12 / (4 pi 4.5^2); a free-standing scrap would read 0.6.
    assert scores((label_map, image))["eyes"] == pytest.approx(0.047, abs=0.01)


@pytest.mark.render
@pytest.mark.parametrize("sampling", ["core", "full"])
def test_ranks_agree_with_the_truth_of_renders(sampling):
    from scipy.stats import spearmanr

    from ohlora.portraits import render, sample_parameters

    portraits = [render(sample_parameters(seed, sampling), size=224, label_size=224) for seed in range(60)]
    table = compute_scores(np.stack([p.label_map for p in portraits]), np.stack([p.image for p in portraits]))
    for name in ("eyes", "hair_color", "hair_length", "mouth", "pose"):
        truth = np.array([p.truth[name] for p in portraits])
        known = np.isfinite(truth)
        assert spearmanr(table.values[name][known], truth[known]).statistic >= 0.95, name
