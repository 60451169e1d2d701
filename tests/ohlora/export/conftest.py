"""A small model with sliders and its graph, traced once."""

from pathlib import Path

import pytest

from ohlora.export.onnx_model import build_onnx
from ohlora.generation.loaded_model import LoadedModel
from ohlora.sliders.slider_model import SliderModel
from tests.ohlora.finetuning_models import disturb, tiny_conditional

onnx = pytest.importorskip("onnx", reason="onnx is not installed; pip install 'ohlora[onnx]'")
pytest.importorskip("onnxscript", reason="onnxscript is not installed; pip install 'ohlora[onnx]'")
pytest.importorskip("onnxruntime", reason="onnxruntime is not installed; pip install 'ohlora[onnx]'")


@pytest.fixture(scope="session")
def loaded() -> LoadedModel[SliderModel]:
    return LoadedModel(disturb(tiny_conditional()).eval(), "tiny", "0123456789ab", Path("tiny"))


@pytest.fixture(scope="session")
def graph(loaded: LoadedModel[SliderModel]) -> "onnx.ModelProto":
    return build_onnx(loaded)
