import json
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner, Result

from ohlora.cli.main import main
from ohlora.evaluation.identity import IdentityConfig, IdentityNetwork, save_identity
from ohlora.labelling.normalization import Normalizer
from ohlora.sliders.conditional import ConditionalConfig, ConditionalGenerator
from stylegan import Generator, GeneratorConfig


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    sizes = {"z_dim": 8, "w_dim": 8, "mapping_dim": 8, "fmaps_base": 64, "fmaps_max": 8}
    base = Generator(GeneratorConfig(resolution=16, **sizes))
    bounds = Normalizer.fit({"gender": [0.0, 1.0], "mouth": [0.0, 1.0]})
    for name in ("run", "run/baselines/adversarial"):
        model = ConditionalGenerator(
            base, ["gender", "mouth"], ConditionalConfig(regressor_hidden=8), normalizer=bounds
        )
        for parameter in model.trainable_parameters().values():
            torch.nn.init.normal_(parameter, std=0.5)
        model.save_pretrained(tmp_path / name)
    return tmp_path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["evaluate", *map(str, arguments)])


def test_a_report_of_a_run_and_its_baseline(runs: Path, tiny_parser: Path) -> None:
    pytest.importorskip("torchmetrics")
    save_identity(IdentityNetwork(IdentityConfig(8, (8,), 4)), runs / "identity")
    arguments = ("--ramps", 2, "--steps", 3, "--parser", tiny_parser, "--identity", runs / "identity")
    result = run(runs / "run", *arguments, "--against", "adversarial", "--frechet-images", 8)
    assert result.exit_code == 0, result.output
    content = json.loads((runs / "run" / "evaluation" / "report.json").read_text())
    assert [model["name"] for model in content["models"]] == [str(runs / "run"), "adversarial"]
    assert content["models"][0]["attributes"]["gender"]["r"]["count"] == 2
    assert content["models"][0]["frechet"]["images"] == 8
    page = (runs / "run" / "evaluation" / "report.html").read_text()
    assert "adversarial" in page and "data:image/jpeg" in page
    assert "Frechet distance" in result.output and f"report in {runs / 'run' / 'evaluation'}" in result.output


def test_mistakes_are_one_line(runs: Path, tiny_parser: Path) -> None:
    place = runs / "run"
    for arguments, message in (
        ([place, "--against", "directions"], "no baseline 'directions'"),
        ([place, "--attributes", "eyes", "--parser", tiny_parser], "no slider 'eyes'; it has: gender, mouth"),
        ([place, "--seeds", "7-3"], "rising range"),
        ([place, "--trunc", "1;0.7"], "expected truncations such as 1,0.7"),
        ([runs / "nowhere"], "nor a file"),
    ):
        result = run(*arguments)
        assert result.exit_code == 2 and message in result.stderr, result.output
