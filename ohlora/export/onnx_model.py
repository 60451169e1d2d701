"""A model with sliders as an ONNX file.

PyTorch's exporter traces the graph. Its weights stay as they are stored: kernels are scaled and widened for upsampling in the
graph, which a runtime does once, when it opens the file, so that the file is a third smaller than one of prepared kernels, and
weights that were stored in half precision can be so again without loss.
"""

from __future__ import annotations

import json
import logging
import warnings
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import torch

from ohlora.errors import SettingsError
from ohlora.export.face_graph import INPUTS, OUTPUTS, FaceGraph
from ohlora.generation.loaded_model import LoadedModel
from ohlora.sliders.slider_model import SliderModel
from ohlora.version import __version__

if TYPE_CHECKING:
    from onnx import ModelProto

Weights = Literal["fp32", "fp16"]

METADATA = "ohlora"
"""Key of what the file says of itself, as JSON."""

_FOLDED = 512
"""Constants of more elements are computed by the runtime: the file would grow by them."""

_HALVED = 512
"""Tensors of fewer elements keep full precision: biases and ranges weigh nothing."""


def require_onnx() -> None:
    """Check that the libraries of the extra are here.

    Raises:
        SettingsError: One is not.
    """
    try:
        import onnx  # noqa: F401 - only whether it is there
        import onnxruntime  # noqa: F401
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise SettingsError(f"expected {error.name} to be installed; pip install 'ohlora[onnx]'") from error


def build_onnx(loaded: LoadedModel[SliderModel], weights: Weights = "fp32") -> ModelProto:
    """Trace a model.

    Args:
        loaded: The model.
        weights: fp16 stores large weights in half precision; what is computed stays float32.

    Returns:
        The graph, with its description in its metadata.

    Raises:
        SettingsError: A library is missing.
        ModelError: The model is none of this project's kinds.
    """
    require_onnx()
    import onnx
    from onnxscript import optimizer

    traced = _trace(FaceGraph(loaded.network))
    model: ModelProto = optimizer.optimize(traced, input_size_limit=_FOLDED, output_size_limit=_FOLDED)
    if weights == "fp16":
        halve_weights(model)
    model.producer_name, model.producer_version = "ohlora", __version__
    onnx.helper.set_model_props(model, {METADATA: json.dumps(description(loaded))})
    onnx.checker.check_model(model)
    return model


def description(loaded: LoadedModel[SliderModel]) -> dict[str, Any]:
    """What a graph is of: model, weights, sliders in the order of the input."""
    sliders = [{"name": s.name, "low": s.low, "high": s.high} for s in loaded.network.sliders.values()]
    return {"model": loaded.name, "weights": loaded.fingerprint, "z_dim": loaded.network.z_dim, "sliders": sliders}


def _trace(graph: FaceGraph) -> ModelProto:
    loudness = logging.getLogger("torch.onnx").level
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    try:
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the exporter's own parts
            program = torch.onnx.export(
                graph.eval(), graph.example(), dynamo=True, optimize=False, verbose=False, external_data=False,
                input_names=INPUTS, output_names=OUTPUTS,
            )  # fmt: skip
    finally:
        logging.getLogger("torch.onnx").setLevel(loudness)
    assert program is not None
    return program.model_proto


def halve_weights(model: ModelProto) -> None:
    """Store large weights in half precision, in place, each with a node behind it that gives them back in float32."""
    from onnx import TensorProto, helper, numpy_helper

    kept, casts = [], []
    for weight in model.graph.initializer:
        values = numpy_helper.to_array(weight)
        if values.dtype == np.float32 and values.size >= _HALVED:
            stored = f"{weight.name}.half"
            kept.append(numpy_helper.from_array(values.astype(np.float16), stored))
            casts.append(helper.make_node("Cast", [stored], [weight.name], to=TensorProto.FLOAT))
        else:
            kept.append(weight)
    nodes = [*casts, *model.graph.node]
    del model.graph.initializer[:], model.graph.node[:]
    model.graph.initializer.extend(kept)
    model.graph.node.extend(nodes)
