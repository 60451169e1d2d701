"""Sliders for StyleGAN2 and StyleGAN3: each method that trains a mapping network ends with a model that draws and says what it edits."""

from pathlib import Path
from typing import Any

import pytest
import torch
from click.testing import CliRunner

from ohlora.cli.main import main
from ohlora.device import ComputeSettings
from ohlora.finetuning.run import FinetuningRun
from ohlora.finetuning.settings import build_settings
from stylegan.checkpoints.architectures import AnyGenerator
from stylegan.stylegan2.config import GeneratorConfig as StyleGAN2Config
from stylegan.stylegan2.generator import Generator as StyleGAN2
from stylegan.stylegan3.config import GeneratorConfig as StyleGAN3Config
from stylegan.stylegan3.generator import Generator as StyleGAN3
from tests.ohlora.finetuning.datasets import make_folder

LATENT = {"z_dim": 12, "w_dim": 10, "mapping_dim": 14, "mapping_layers": 2}
METHODS: dict[str, dict[str, Any]] = {
    "latent": {"steps": 4, "batch": 8, "rounds": 1, "round_faces": 8, "round_steps": 2, "taught": 8},
    "adversarial": {"steps": 2, "batch": 4, "validate_every": 2},
}
SHARED: dict[str, Any] = {"regressor_steps": 4, "validate_faces": 2, "validate_ramp": 2, "checkpoint_every": 2}


def bases() -> dict[str, AnyGenerator]:
    torch.manual_seed(0)
    # StyleGAN3 has fifteen layers; six of them are enough here.
    small = StyleGAN3Config(resolution=16, channels=(4, 4, 4, 4, 4, 3), margin=2, **LATENT)
    return {"stylegan2": StyleGAN2(StyleGAN2Config(channels=(8, 8, 4), **LATENT)), "stylegan3": StyleGAN3(small)}


@pytest.fixture(scope="module", params=["stylegan2", "stylegan3"])
def folders(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    base = bases()[request.param].eval()
    return make_folder(tmp_path_factory.mktemp(request.param), base=base)


@pytest.mark.parametrize("method", METHODS)
def test_a_method_makes_sliders(folders: tuple[Path, Path], tmp_path: Path, method: str) -> None:
    data, base = folders
    settings = build_settings(method, attributes=("hair_color", "mouth"), **SHARED, **METHODS[method])
    compute = ComputeSettings(torch.device("cpu"), progress=False)
    FinetuningRun(data, str(base), tmp_path / "run", settings, compute).run()
    picture = tmp_path / "face.png"
    command = ["generate", "--model", str(tmp_path / "run"), "--seeds", "3", "--mouth", "0.9", "--out", str(picture)]
    result = CliRunner().invoke(main, command, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert picture.is_file()
