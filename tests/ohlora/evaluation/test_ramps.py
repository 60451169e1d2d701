from dataclasses import replace
from pathlib import Path

import numpy as np
from analytic import NAMES, AnalyticModel, embed, measure

from ohlora.evaluation.drawing import Drawer
from ohlora.evaluation.plan import LOGIT, VALUE, PlannedRamp
from ohlora.evaluation.ramps import Asked, Ramps, measure_ramps
from ohlora.evaluation.summary import drift_matrix, means, summarise
from ohlora.sliders.slider import Slider

SEEDS = tuple(range(6))
WIDTHS = np.array([1.0, 2.0, 1.0])
ASKED = {
    "mouth": np.linspace(0.0, 0.9, 4),
    "pose": np.linspace(-1.0, 1.0, 4),
    "eyes": np.linspace(0.0, 1.0, 3)[[0, 1, 2, 2]],
}


TOGETHER = np.array([0.3, 0.4, 0.5]) + np.zeros((6, 1))


def plan(asked: dict[str, np.ndarray] = ASKED) -> dict[str, PlannedRamp]:
    sliders = AnalyticModel().sliders
    return {name: PlannedRamp(sliders[name], values, VALUE) for name, values in asked.items()}


def asked_of(asked: dict[str, np.ndarray] = ASKED) -> Asked:
    return Asked(tuple(asked.items()), TOGETHER, NAMES)


def ramps(model: AnalyticModel, asked: dict[str, np.ndarray] = ASKED, batch_size: int = 5) -> Ramps:
    return measure_ramps(Drawer(model, 1.0, batch_size), SEEDS, asked_of(asked), measure, embed)


def test_shapes_and_order() -> None:
    result = ramps(AnalyticModel())
    assert result.measured.shape == (6, 3, 4, 3) and result.own.shape == (6, 3) and result.identity.shape == (6, 3, 4)
    # A perfect model: what was asked is measured, and the others stay where the face has them.
    np.testing.assert_allclose(result.measured[:, 0, :, 0], np.broadcast_to(ASKED["mouth"], (6, 4)), atol=1e-6)
    np.testing.assert_allclose(result.measured[:, 1, :, 1], np.broadcast_to(ASKED["pose"], (6, 4)), atol=1e-6)
    np.testing.assert_allclose(result.measured[:, 1, :, 0], np.repeat(result.own[:, :1], 4, axis=1), atol=1e-6)
    np.testing.assert_array_equal(ramps(AnalyticModel(), batch_size=1).measured, result.measured)


def test_filled_up_batches_measure_the_same() -> None:
    filled = measure_ramps(Drawer(AnalyticModel(), 1.0, 7, filled=True), SEEDS, asked_of(), measure, embed)
    np.testing.assert_array_equal(filled.measured, ramps(AnalyticModel()).measured)


def test_figures_of_a_perfect_model() -> None:
    results = summarise(ramps(AnalyticModel()), plan(), NAMES, WIDTHS)
    for result in results.values():
        assert abs(result.r.mean - 1.0) < 1e-6 and abs(result.slope.mean - 1.0) < 1e-5
        assert result.error.mean < 1e-6 and result.drift.mean < 1e-6 and result.missing == 0.0
    assert abs(results["mouth"].identity.mean - 1.0) < 1e-6


def test_figures_of_a_model_with_known_faults() -> None:
    # Half the move, and a quarter of the mouth's move in the pose.
    model = AnalyticModel(gain=0.5, leak=0.25)
    measured = ramps(model)
    results = summarise(measured, plan(), NAMES, WIDTHS)
    mouth = results["mouth"]
    assert abs(mouth.slope.mean - 0.5) < 1e-6 and abs(mouth.r.mean - 1.0) < 1e-6
    # The measured value lies half way between the face's own and the asked one.
    own = measured.own[:, :1]
    np.testing.assert_allclose(mouth.error.mean, np.abs(0.5 * (own - ASKED["mouth"])).mean(), atol=1e-6)
    # From end to end the mouth moves by 0.9 * 0.5, the pose by a quarter of that, over a range of width 2.
    expected = 0.9 * 0.5 * 0.25 / 2.0
    np.testing.assert_allclose(mouth.drift_by_attribute["pose"], expected, atol=1e-6)
    np.testing.assert_allclose(mouth.drift.mean, (expected + 0.0) / 2.0, atol=1e-6)
    matrix = drift_matrix(results, NAMES)
    assert np.isnan(np.diag(matrix)).all()
    np.testing.assert_allclose(matrix[0, 1], expected, atol=1e-6)
    assert matrix[1, 0] < 1e-6
    # Pooled, the faces' own values blur the line.
    assert mouth.pooled.mean < 0.999 and mouth.pooled.count == 24


def test_identity_is_the_mean_cosine_with_the_unedited_face() -> None:
    measured = ramps(AnalyticModel())
    turned = (measured.own[:, 2:] - ASKED["eyes"]) * np.pi / 2.0
    result = summarise(measured, plan(), NAMES, WIDTHS)["eyes"]
    np.testing.assert_allclose(result.identity.mean, np.cos(turned).mean(), atol=1e-5)


def test_missing_labels_are_counted_and_left_out() -> None:
    asked = {"mouth": np.linspace(0.0, 1.0, 11)}
    result = summarise(ramps(AnalyticModel(), asked), plan(asked), NAMES, WIDTHS)["mouth"]
    assert abs(result.missing - 1 / 11) < 1e-12 and abs(result.r.mean - 1.0) < 1e-6 and result.pooled.count == 60


def test_without_an_identity_network_the_row_says_so() -> None:
    measured = measure_ramps(Drawer(AnalyticModel(), 1.0, 7), SEEDS, asked_of(), measure)
    result = summarise(measured, plan(), NAMES, WIDTHS)["mouth"]
    assert result.content()["identity"] == "not measured: no identity network"
    assert np.isnan(means({"mouth": result})["identity"])


def test_round_trip_and_joining(tmp_path: Path) -> None:
    measured = ramps(AnalyticModel())
    measured.save(tmp_path / "a.npz")
    both = Ramps.concatenate([measured, Ramps.load(tmp_path / "a.npz")])
    assert both.seeds.tolist() == [*SEEDS, *SEEDS]
    np.testing.assert_array_equal(both.measured[6:], measured.measured)


def test_the_worst_of_a_model_that_leaks() -> None:
    # A quarter of the mouth's move goes into the pose: 0.3 of 0.9 a step is 0.3 * 0.25 / 2 of the pose's range.
    measured = ramps(AnalyticModel(leak=0.25))
    mouth = summarise(measured, plan(), NAMES, WIDTHS)["mouth"]
    np.testing.assert_allclose(mouth.excursion_by_attribute["pose"], 0.9 * 0.25 / 2.0, atol=1e-6)
    np.testing.assert_allclose([mouth.excursion.mean, mouth.excursion.worst], 0.9 * 0.25 / 2.0, atol=1e-6)
    assert mouth.jumps == 0.0 and summarise(ramps(AnalyticModel(leak=1.0)), plan(), NAMES, WIDTHS)["mouth"].jumps == 1.0
    # A step of the mouth changes one channel of three by 0.3 of 255, and the pose's by an eighth of that.
    expected = 255.0 * 0.3 * (1.0 + 0.125) / 3.0
    np.testing.assert_allclose(measured.pixels[:, 0], expected, atol=0.7)
    assert mouth.lowest_identity.worst <= mouth.lowest_identity.mean <= mouth.identity.mean
    overall = means(summarise(measured, plan(), NAMES, WIDTHS))
    np.testing.assert_allclose(overall["excursion"], 0.9 * 0.25 / 2.0, atol=1e-6)
    assert overall["lowest_identity"] <= mouth.lowest_identity.worst
    assert mouth.ramp_identity.mean == mouth.identity.mean
    worst = min(summarise(measured, plan(), NAMES, WIDTHS)[name].ramp_identity.worst for name in NAMES)
    assert overall["lowest_identity"] <= overall["lowest_ramp_identity"] == worst < 1.0


def test_a_probability_travels_on_the_scale_on_which_it_is_less() -> None:
    gender = Slider("gender", 0.0, 1.0, "", "", max_logit=10.0)
    sliders = {"mouth": AnalyticModel().sliders["mouth"], "gender": gender}
    logits = np.array([[-9.0, -7.0], [0.0, 1.0], [-8.0, 8.0]])  # no doubt at all, half and half, a change of person
    measured = np.stack([np.broadcast_to([0.2, 0.8], (3, 2)), 1.0 / (1.0 + np.exp(-logits))], axis=-1)
    ones = np.ones((3, 1, 2))
    ramps = Ramps(np.arange(3), measured[:, None], measured[:, 0], ones, ones[..., :1], measured[:, 0], ones[:, 0, 0])
    asked = {"mouth": PlannedRamp(sliders["mouth"], np.array([0.2, 0.8]), VALUE)}
    both = asked | {"gender": PlannedRamp(gender, np.array([0.2, 0.8]), LOGIT)}
    measured_twice = np.repeat(ramps.measured, 2, axis=1)
    twice = replace(ramps, measured=measured_twice, identity=np.ones((3, 2, 2)), pixels=np.ones((3, 2, 1)))
    mouth = summarise(twice, both, ("mouth", "gender"), np.ones(2))["mouth"]
    # Of 2, 1 and 16 levels of 20: a step of e^-7 on the probability, a twentieth of the slider, 0.8 of it.
    np.testing.assert_allclose(
        mouth.excursion_by_attribute["gender"], (np.exp(-7) - np.exp(-9) + 0.05 + 0.8) / 3, atol=1e-5
    )
    np.testing.assert_allclose(mouth.excursion.worst, 0.8, atol=1e-6)
    assert mouth.jumps == 1 / 3
    # A model without a slider for it is measured on the probability alone.
    alone = summarise(ramps, asked, ("mouth", "gender"), np.ones(2))["mouth"]
    np.testing.assert_allclose(alone.excursion.worst, 1.0 - 2.0 / (1.0 + np.exp(8.0)), atol=1e-6)
