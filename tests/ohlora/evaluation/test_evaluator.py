import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from analytic import NAMES, AnalyticModel, measure, named
from torch import Tensor

from ohlora.errors import OhloraError, SettingsError
from ohlora.evaluation import EvaluationSettings, MeasuringModels, evaluate, evaluation_seeds, write_page
from ohlora.evaluation.identity import Calibration, IdentityConfig, IdentityNetwork
from ohlora.evaluation.page import gather
from ohlora.evaluation.plan import random_values
from ohlora.evaluation.tables import table_lines
from ohlora.labelling.labeller import Labeller
from segmentation import FaceParser
from segmentation.pretrained import save_parser
from segmentation.unet.network import PortraitParser, PortraitParserConfig


@pytest.fixture(scope="module")
def parser(tmp_path_factory: pytest.TempPathFactory) -> FaceParser:
    torch.manual_seed(0)
    network = PortraitParser(PortraitParserConfig(16, (4, 8), gender_hidden=4))
    return FaceParser.from_pretrained(save_parser(network, tmp_path_factory.mktemp("parser")))


@pytest.fixture(autouse=True)
def colours_are_the_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    """The analytic model's attributes are its colours; a parser would see no face in them."""

    def read_colours(self: Labeller, images: Tensor) -> np.ndarray:
        return measure(images)[:, [NAMES.index(name) for name in self.names]]

    monkeypatch.setattr(Labeller, "measure", read_colours)


SETTINGS = EvaluationSettings(
    evaluation_seeds(5), steps=5, truncations=(1.0,), frechet_images=0, examples=1, chunk=2, batch_size=7
)


def test_the_report_holds_the_models_figures(tmp_path: Path, parser: FaceParser) -> None:
    evaluation = evaluate(named(AnalyticModel(gain=0.5)), SETTINGS, MeasuringModels(parser), tmp_path, progress=False)
    content = json.loads((tmp_path / "report.json").read_text())
    assert content["ramps"] == 5 and content["seeds"] == "4000000000-4000000004"
    figures = content["models"][0]["attributes"]
    assert list(figures) == list(NAMES)
    assert figures["pose"]["slope"]["mean"] == pytest.approx(0.5, abs=1e-6)
    assert figures["pose"]["identity"] == "not measured: no identity network"
    assert content["models"][0]["frechet"] == "not measured: no images were asked for"
    assert content["asked"]["pose"] == [-1.0, -0.5, 0.0, 0.5, 1.0]
    assert evaluation.results[0].ramps.measured.shape == (5, 3, 5, 3)


def test_what_is_done_is_not_done_again_and_more_faces_only_add(tmp_path: Path, parser: FaceParser) -> None:
    model = AnalyticModel()
    evaluate(named(model), SETTINGS, MeasuringModels(parser), tmp_path, progress=False)
    first = model.calls
    evaluate(named(model), SETTINGS, MeasuringModels(parser), tmp_path, progress=False)
    assert model.calls == first
    # The last chunk of five had one face and has two now; the other two stay.
    more = replace(SETTINGS, seeds=evaluation_seeds(6))
    evaluate(named(model), more, MeasuringModels(parser), tmp_path, progress=False)
    assert first < model.calls <= 2 * first - 4
    # Other weights are other results.
    again = AnalyticModel()
    evaluate(named(again, fingerprint="ba9876543210"), SETTINGS, MeasuringModels(parser), tmp_path, progress=False)
    assert again.calls == first


def test_a_run_that_is_stopped_goes_on(tmp_path: Path, parser: FaceParser) -> None:
    class Interrupted(AnalyticModel):
        def edit(self, *arguments: object, **names: object) -> Tensor:
            if self.calls == 9:
                raise KeyboardInterrupt
            return super().edit(*arguments, **names)  # type: ignore[arg-type]

    with pytest.raises(KeyboardInterrupt):
        evaluate(named(Interrupted()), SETTINGS, MeasuringModels(parser), tmp_path / "a", progress=False)
    assert len(list((tmp_path / "a").rglob("ramps-*.npz"))) == 1
    evaluate(named(AnalyticModel()), SETTINGS, MeasuringModels(parser), tmp_path / "a", progress=False)
    evaluate(named(AnalyticModel()), SETTINGS, MeasuringModels(parser), tmp_path / "b", progress=False)
    assert (tmp_path / "a" / "report.json").read_text() == (tmp_path / "b" / "report.json").read_text()


def test_baselines_and_the_page(tmp_path: Path, parser: FaceParser) -> None:
    identity = IdentityNetwork(IdentityConfig(8, (8,), 4), Calibration(0.9, 0.1, 20)).eval()
    baseline = AnalyticModel(leak=0.5)
    del baseline.sliders["eyes"]
    baseline.read = lambda z, truncation_psi=1.0: AnalyticModel().read(z)  # type: ignore[method-assign]
    baseline.edit = lambda z, sliders=None, truncation_psi=1.0: AnalyticModel(leak=0.5).edit(z, sliders)  # type: ignore[method-assign]
    evaluation = evaluate(
        named(AnalyticModel()),
        SETTINGS,
        MeasuringModels(parser, identity),
        tmp_path,
        [named(baseline, "directions & <more>", "ba9876543210")],
        progress=False,
    )
    assert list(evaluation.results[1].attributes) == ["mouth", "pose"]
    page = write_page(evaluation, tmp_path).read_text()
    assert "directions &amp; &lt;more&gt;" in page and "http://" not in page.replace("http://www.w3.org", "")
    # Three sliders of the one and two of the other model, and the three worst ramps.
    assert page.count("<figure>") == 5 * (3 + 2 + 3)
    shown = gather(evaluation)
    assert shown["models"][0]["at"][0]["rows"][0]["cells"][0] == {
        "text": "1.000", "interval": "1.000 … 1.000", "spread": "± 0.000", "grade": "aim"
    }  # fmt: skip
    lines = table_lines(evaluation.results)
    assert any(line.startswith("  mouth") and "1.000 ± 0.000" in line for line in lines)


def test_further_truncations_and_all_sliders_at_once(tmp_path: Path, parser: FaceParser) -> None:
    settings = replace(SETTINGS, truncations=(1.0, 0.5), further_faces=2)
    evaluation = evaluate(named(AnalyticModel(gain=0.5)), settings, MeasuringModels(parser), tmp_path, progress=False)
    first, other = evaluation.results[0].at
    assert len(first.ramps.seeds) == 5 and other.ramps.seeds.tolist() == [4_000_000_000, 4_000_000_001]
    # Half of the way from where the face has it: half of what was to go is left.
    sliders = AnalyticModel().sliders
    for at, seeds in ((first, evaluation_seeds(5)), (other, evaluation_seeds(2))):
        asked = np.stack([random_values(seed, sliders) for seed in seeds])
        expected = (0.5 * np.abs(asked - at.ramps.own) / np.array([1.0, 2.0, 1.0])).mean(axis=0)
        np.testing.assert_allclose(list(at.together.errors.values()), expected, atol=1e-6)
    content = json.loads((tmp_path / "report.json").read_text())["models"][0]
    assert [at["truncation"] for at in content["further"]] == [0.5] and content["further"][0]["ramps"] == 2
    assert {worst["figure"] for worst in content["worst"]} == {"excursion", "pixel_jump"}


def test_a_second_parser_measures_some_of_the_ramps_again(tmp_path: Path, parser: FaceParser) -> None:
    model = AnalyticModel()
    settings = replace(SETTINGS, further_faces=3)
    evaluation = evaluate(named(model), settings, MeasuringModels(parser, second=parser), tmp_path, progress=False)
    second = evaluation.results[0].second
    # The analytic model is measured by its colours, whichever parser there is.
    assert second is not None and second.faces == 3
    assert second.first["pose"].r.mean == pytest.approx(second.second["pose"].r.mean)
    content = json.loads((tmp_path / "report.json").read_text())["models"][0]["second_parser"]
    assert content["ramps"] == 3 and content["second"]["mouth"]["error"] == pytest.approx(0.0, abs=1e-6)
    assert "Measured by a second parser" in write_page(evaluation, tmp_path).read_text()
    assert any(line.startswith("  second parser") for line in table_lines(evaluation.results))


def test_the_frechet_distance_of_a_model_whose_sliders_do_nothing_is_the_bases(
    tmp_path: Path, parser: FaceParser
) -> None:
    pytest.importorskip("torchmetrics")
    features = PortraitParser(PortraitParserConfig(8, (4, 4), gender_hidden=4))
    settings = EvaluationSettings(evaluation_seeds(1), steps=3, truncations=(1.0,), frechet_images=40, examples=0)
    still = evaluate(
        named(AnalyticModel(gain=0.0)), settings, MeasuringModels(parser, features=features), tmp_path, progress=False
    )
    frechet = still.results[0].frechet
    assert not isinstance(frechet, str) and frechet.relative == pytest.approx(1.0) and frechet.images == 40
    assert len(list(tmp_path.rglob("features-*.npy"))) == 3


def test_models_that_cannot_be_judged(tmp_path: Path, parser: FaceParser) -> None:
    model = AnalyticModel()
    model.normalizer = None
    with pytest.raises(OhloraError, match=r"normalization\.json"):
        evaluate(named(model), SETTINGS, MeasuringModels(parser), tmp_path, progress=False)
    with pytest.raises(SettingsError, match="no slider 'nose'; it has: mouth, pose, eyes"):
        settings = EvaluationSettings((1,), attributes=("nose",))
        evaluate(named(AnalyticModel()), settings, MeasuringModels(parser), tmp_path, progress=False)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"seeds": ()}, "at least one seed"),
        ({"seeds": (1, 1)}, "different seeds"),
        ({"steps": 2}, "at least 3 values"),
        ({"truncations": (3.0,)}, "truncation from -2 to 2"),
        ({"truncations": (1.0, 1.0)}, "different truncations"),
        ({"further_faces": 0}, "at least 1 face"),
        ({"chunk": 0}, "at least 1"),
        ({"frechet_images": 1}, "2 and more"),
    ],
)
def test_impossible_settings_are_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        EvaluationSettings(**{"seeds": (0,), **settings})  # type: ignore[arg-type]
