"""The card beside an exported model: what goes in, what comes out, and how far its pictures are from PyTorch's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ohlora.export.comparison import MOST_STEPS, Agreement
from ohlora.export.onnx_model import Weights
from ohlora.files import write_bytes, write_text
from ohlora.generation.loaded_model import LoadedModel
from ohlora.sliders.slider import Slider
from ohlora.sliders.slider_model import SliderModel
from ohlora.version import __version__

if TYPE_CHECKING:
    from onnx import ModelProto

_COMPUTES = {"fp32": "float32", "fp16": "float16, computed in float32"}


def write_with_card(
    path: Path, model: ModelProto, loaded: LoadedModel[SliderModel], weights: Weights, agreement: Agreement
) -> str:
    """Write a graph, and its card beside it under the same name with `.md`.

    Args:
        path: The graph's file; its folder is made where it is missing.
        model: The graph.
        loaded: What it was made of.
        weights: How the graph stores them.
        agreement: What the comparison found.

    Returns:
        What was written, in one line.
    """
    data, card = model.SerializeToString(), path.with_suffix(".md")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(card, card_text(path.name, loaded, weights, agreement, len(data)))
    write_bytes(path, data)
    return f"{path} ({len(data) / 1e6:.1f} MB), and its card {card}"


def card_text(name: str, loaded: LoadedModel[SliderModel], weights: Weights, agreement: Agreement, size: int) -> str:
    """The card as Markdown.

    Args:
        name: Of the model's file.
        loaded: The model that was exported.
        weights: How they are stored.
        agreement: What the comparison found.
        size: Of the file in bytes.
    """
    sliders = loaded.network.sliders
    lines = [
        f"# {name}",
        "",
        f"The generator with sliders `{loaded.name}` (weights `{loaded.fingerprint}`) as one ONNX graph, one face at a time.",
        f"Exported by ohlora {__version__}; weights in {_COMPUTES[weights]}; {size / 1e6:.1f} MB.",
        "",
        *_tensors(loaded.network.z_dim, sliders),
        "",
        *_ranges(sliders),
        "",
        "```python",
        *_example(name, loaded.network.z_dim, sliders),
        "```",
        "",
        *figures(agreement),
    ]
    return "\n".join(lines) + "\n"


def figures(agreement: Agreement) -> list[str]:
    """What the comparison found, as lines of Markdown."""
    return [
        f"Compared with PyTorch on {agreement.faces} faces with random sliders and truncations, in steps of 255. A graph whose",
        f"worst value is above {MOST_STEPS} is not written.",
        "",
        "| worst value | mean difference | values that differ | own values, of their range |",
        "|---|---|---|---|",
        f"| {agreement.worst} | {agreement.mean:.5f} | {agreement.share:.3%} | {agreement.own:.1e} |",
    ]


def _tensors(z_dim: int, sliders: Mapping[str, Slider]) -> list[str]:
    return [
        "| tensor | shape | what |",
        "|---|---|---|",
        f"| `z` | (1, {z_dim}) float32 | whose face; of a seed: `numpy.random.RandomState(seed).randn(1, {z_dim})` |",
        f"| `sliders` | (1, {len(sliders)}) float32 | a value per slider, NaN where the face keeps its own |",
        "| `truncation` | (1, 1) float32 | psi: 1 full variety, 0 the average face |",
        "| `picture` | (1, R, R, 3) uint8 | RGB |",
        f"| `own` | (1, {len(sliders)}) float32 | where the sliders of the unedited face stand |",
    ]


def _ranges(sliders: Mapping[str, Slider]) -> list[str]:
    rows = [f"| {s.name} | {s.low:g} to {s.high:g} | {s.direction or s.description} |" for s in sliders.values()]
    return ["| slider, in this order | range | ends |", "|---|---|---|", *rows]


def _example(name: str, z_dim: int, sliders: Mapping[str, Slider]) -> list[str]:
    last = list(sliders.values())[-1]
    return [
        "import numpy as np",
        "import onnxruntime",
        "from PIL import Image",
        "",
        f'session = onnxruntime.InferenceSession("{name}")',
        f"z = np.random.RandomState(7).randn(1, {z_dim}).astype(np.float32)",
        f"sliders = np.full((1, {len(sliders)}), np.nan, np.float32)",
        f"sliders[0, {len(sliders) - 1}] = {last.high:g}  # {last.name}",
        "truncation = np.full((1, 1), 0.7, np.float32)",
        'picture, own = session.run(None, {"z": z, "sliders": sliders, "truncation": truncation})',
        'Image.fromarray(picture[0]).save("face.png")',
    ]
