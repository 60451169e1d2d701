"""The graph of a small model: what it draws, and what its file says of itself."""

import copy
import json
import runpy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from ohlora.errors import ModelError
from ohlora.export.card import card_text
from ohlora.export.comparison import Agreement, Face, Graph, compare, random_faces
from ohlora.export.face_graph import FaceGraph
from ohlora.export.onnx_model import halve_weights
from ohlora.generation.face_generator import FaceGenerator
from ohlora.generation.loaded_model import LoadedModel
from ohlora.sliders.slider_model import SliderModel

Loaded = LoadedModel[SliderModel]


def test_the_graph_draws_what_torch_draws(graph: Any, loaded: Loaded) -> None:
    agreement = compare(graph, loaded, 12)
    assert agreement.faces == 12 and agreement.worst <= 1 and agreement.share < 0.002 and agreement.own < 1e-4
    agreement.check()


def test_sliders_and_truncation_matter_in_the_graph(graph: Any, loaded: Loaded) -> None:
    drawn = Graph(graph, loaded.network.z_dim, loaded.network.sliders)
    plain, own = drawn.draw(Face(3, 0.7, {}))
    assert plain.shape == (16, 16, 3) and plain.dtype == np.uint8
    for other in (Face(3, 0.7, {"pose": 1.0}), Face(3, 1.0, {}), Face(4, 0.7, {})):
        assert np.abs(drawn.draw(other)[0].astype(int) - plain).max() > 5
    read = FaceGenerator(loaded).read(3)
    assert isinstance(read, Mapping)
    np.testing.assert_allclose(own, list(read.values()), atol=1e-4)


def test_weights_in_half_precision_halve_the_file_and_draw_the_same(graph: Any, loaded: Loaded) -> None:
    small = copy.deepcopy(graph)
    halve_weights(small)
    large = [w for w in graph.graph.initializer if w.data_type == 1 and np.prod(w.dims) >= 512]
    saved = 2 * sum(int(np.prod(w.dims)) for w in large)
    assert large and graph.ByteSize() - small.ByteSize() == pytest.approx(saved, rel=0.1)
    assert compare(small, loaded, 6).worst <= 2


def test_the_file_says_what_it_is_of(graph: Any) -> None:
    (about,) = (json.loads(entry.value) for entry in graph.metadata_props if entry.key == "ohlora")
    assert about["model"] == "tiny" and about["weights"] == "0123456789ab" and about["z_dim"] == 12
    assert [slider["name"] for slider in about["sliders"]] == ["mouth", "pose"]
    assert [tensor.name for tensor in graph.graph.input] == ["z", "sliders", "truncation"]


def test_the_model_itself_is_not_changed(loaded: Loaded) -> None:
    before = {name: value.clone() for name, value in loaded.network.state_dict().items()}  # type: ignore[attr-defined]
    FaceGraph(loaded.network)
    after = loaded.network.state_dict()  # type: ignore[attr-defined]
    assert before.keys() == after.keys() and all(torch.equal(before[name], after[name]) for name in before)


def test_what_is_no_model_of_ours_is_refused() -> None:
    with pytest.raises(ModelError, match="expected a generator with sliders, got a Linear"):
        FaceGraph(torch.nn.Linear(2, 2))  # type: ignore[arg-type]


def test_a_graph_that_draws_something_else_is_refused() -> None:
    right = Agreement(100, 2, 0.01, 0.01, 0.0)
    right.check()
    with pytest.raises(ModelError, match="within 2 of 255, found a value that is 3 off"):
        replace(right, worst=3).check()


def test_a_comparison_sees_another_model(graph: Any, loaded: Loaded) -> None:
    other = copy.deepcopy(graph)
    (bias,) = (w for w in other.graph.initializer if w.name.endswith("output2.bias"))
    bias.raw_data = (np.frombuffer(bias.raw_data, np.float32) + 0.1).tobytes()
    # A tenth of [-1, 1] is 12.75 steps; values at the ends are clamped.
    assert compare(other, loaded, 2).worst in (12, 13)


def test_random_faces_are_the_same_every_time_and_of_all_kinds(loaded: Loaded) -> None:
    faces = random_faces(loaded.network.sliders, 40)
    assert faces == random_faces(loaded.network.sliders, 40) and [face.seed for face in faces] == list(range(40))
    assert {len(face.moved) for face in faces} == {0, 1, 2}


def test_the_example_on_the_card_draws_the_face(
    graph: Any, loaded: Loaded, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = card_text("small.onnx", loaded, "fp32", Agreement(100, 1, 0.00004, 0.00012, 2e-6), 1_200_000)
    assert "| 1 | 0.00004 | 0.012% | 2.0e-06 |" in card and "1.2 MB" in card and "| pose | -1 to 1 |" in card
    (tmp_path / "small.onnx").write_bytes(graph.SerializeToString())
    monkeypatch.chdir(tmp_path)
    (tmp_path / "example.py").write_text(card.split("```python\n")[1].split("```")[0])
    runpy.run_path("example.py")
    expected = np.asarray(FaceGenerator(loaded).generate(seed=7, pose=1.0)).astype(int)
    assert np.abs(np.asarray(Image.open("face.png")) - expected).max() <= 1
