"""Tests of ohlora.sliders.storage with a model that adds one vector to a generator."""

import json
from pathlib import Path

import pytest
import torch
from torch import nn

from ohlora.errors import ModelError
from ohlora.hub.model_folder import ModelKind
from ohlora.labelling.normalization import Normalizer
from ohlora.sliders.slider import build_sliders
from ohlora.sliders.storage import load_without_base, read_sliders, state_without_base, write_sliders
from stylegan import Generator, GeneratorConfig, from_pretrained

KIND = ModelKind("shifted", "shift.safetensors", 1, "ohlora finetune")


class Shifted(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        sizes = {"z_dim": 8, "w_dim": 8, "mapping_dim": 8, "fmaps_base": 64, "fmaps_max": 8}
        self.base = Generator(GeneratorConfig(resolution=8, **sizes)).eval()
        self.base_name, self.sliders = "portraits", build_sliders(["gender", "pose"])
        self.normalizer: Normalizer | None = None
        self.register_buffer("shift", torch.tensor([1.0, 2.0]))


def test_a_model_comes_back_and_opens_as_its_generator(tmp_path: Path) -> None:
    model = Shifted()
    assert write_sliders(model, tmp_path, KIND, {"passes": 3}) == tmp_path
    stored = read_sliders(tmp_path, KIND)
    assert stored.sliders == model.sliders and stored.settings == {"passes": 3} and stored.base_name == "portraits"
    assert list(stored.state) == ["shift"] and stored.state["shift"].tolist() == [1.0, 2.0]
    assert stored.normalizer is None and stored.weights == tmp_path / "shift.safetensors"
    z = torch.randn(1, 8)
    for generator in (stored.base, from_pretrained(tmp_path)):
        assert torch.equal(generator.eval()(z), model.base(z))


def test_the_generator_stays_when_the_rest_is_taken_over() -> None:
    model, other = Shifted(), Shifted()
    other.shift += 1.0
    before = {name: value.clone() for name, value in model.base.state_dict().items()}
    load_without_base(model, state_without_base(other), "here")
    assert model.shift.tolist() == [2.0, 3.0]
    assert all(torch.equal(value, before[name]) for name, value in model.base.state_dict().items())
    with pytest.raises(ModelError, match=r"shift \(2,\) is missing"):
        load_without_base(model, {}, "here")


def test_damaged_sliders(tmp_path: Path) -> None:
    write_sliders(Shifted(), tmp_path, KIND, {})
    config = json.loads((tmp_path / "config.json").read_text())
    config["shifted"]["sliders"][0]["low"] = 5.0
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match="the entry shifted is damaged .*needs finite low < high"):
        read_sliders(tmp_path, KIND)
    del config["shifted"]["sliders"]
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match="'sliders' is missing"):
        read_sliders(tmp_path, KIND)
