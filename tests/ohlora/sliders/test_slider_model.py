from pathlib import Path

import pytest
import torch

from ohlora.errors import ModelError
from ohlora.generation.loaded_model import load_with_sliders
from ohlora.sliders.conditional import ConditionalConfig, ConditionalGenerator
from ohlora.sliders.directions import DirectionModel
from ohlora.sliders.slider import build_sliders
from ohlora.sliders.slider_model import weights_fingerprint
from stylegan import Generator, GeneratorConfig, save_pretrained

SIZES = {"z_dim": 8, "w_dim": 8, "mapping_dim": 8, "fmaps_base": 64, "fmaps_max": 8}


def test_every_kind_opens_and_draws(tmp_path: Path) -> None:
    base, sliders = Generator(GeneratorConfig(resolution=16, **SIZES)), build_sliders(["mouth", "pose"])
    ConditionalGenerator(base, sliders, ConditionalConfig(regressor_hidden=8)).save_pretrained(tmp_path / "conditional")
    DirectionModel(base, sliders).save_pretrained(tmp_path / "directions")
    z = torch.randn(2, 8)
    for name, kind in (("conditional", ConditionalGenerator), ("directions", DirectionModel)):
        named = load_with_sliders(tmp_path / name)
        assert isinstance(named.network, kind) and named.folder == tmp_path / name and len(named.fingerprint) == 12
        # Sliders that nobody moves leave the base's face.
        torch.testing.assert_close(named.network.edit(z), base.eval()(z).detach())


def test_a_plain_generator_has_no_sliders(tmp_path: Path) -> None:
    save_pretrained(Generator(GeneratorConfig(resolution=8, **SIZES)), tmp_path)
    with pytest.raises(ModelError, match="no generator with sliders"):
        load_with_sliders(tmp_path)


def test_the_fingerprint_stands_for_what_draws(tmp_path: Path) -> None:
    base, sliders = Generator(GeneratorConfig(resolution=16, **SIZES)), build_sliders(["mouth", "pose"])
    DirectionModel(base, sliders).save_pretrained(tmp_path)
    before = weights_fingerprint(tmp_path)
    (tmp_path / "discriminator.safetensors").write_bytes(b"another one")
    assert weights_fingerprint(tmp_path) == before
    for name in ("generator.safetensors", "directions.safetensors"):
        (tmp_path / name).write_bytes((tmp_path / name).read_bytes() + b" ")
        assert weights_fingerprint(tmp_path) != before
        before = weights_fingerprint(tmp_path)
