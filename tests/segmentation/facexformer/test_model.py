import json

import numpy as np
import pytest
import torch

from segmentation.errors import CheckpointError, ImageInputError, MissingModelError, SegmentationError
from segmentation.facexformer import FaceXFormer, build_facexformer
from segmentation.heads import HEAD_NAMES


@pytest.fixture(scope="module")
def outputs(facexformer):
    """All heads on the input of the stored outputs: noise in blocks of 8x8 pixels."""
    noise = np.random.default_rng(2).standard_normal((2, 3, 28, 28))
    images = np.kron(noise, np.ones((8, 8))).astype(np.float32)
    with torch.inference_mode():
        return {name: value.numpy() for name, value in facexformer(torch.from_numpy(images)).items()}


@pytest.fixture(scope="module")
def golden(data_dir):
    """Outputs of the original implementation, with the weights of `tests/fill.py`, seed 0."""
    return np.load(data_dir / "facexformer.npz")


def test_state_dict_is_the_published_one(data_dir):
    with torch.device("meta"):
        state = FaceXFormer().state_dict()
    expected = json.loads((data_dir / "facexformer_state_dict_shapes.json").read_text())
    assert {name: list(value.shape) for name, value in state.items()} == expected
    assert len(state) == 505


@pytest.mark.parametrize("head", [name for name in HEAD_NAMES if name != "segmentation"])
def test_heads_equal_the_original(outputs, golden, head):
    assert np.abs(outputs[head] - golden[head]).max() < 1e-3 * golden[head].std()


def test_segmentation_equals_the_original(outputs, golden):
    logits = outputs["segmentation"]
    assert np.abs(logits[:, :, ::8, ::8] - golden["segmentation"]).max() < 1e-3 * golden["segmentation"].std()
    np.testing.assert_allclose([logits.mean(), logits.std()], golden["segmentation_mean_std"], rtol=1e-5)
    histogram = np.bincount(logits.argmax(axis=1).ravel(), minlength=11)
    np.testing.assert_array_equal(histogram, golden["segmentation_argmax_hist"])


def test_a_head_alone_gives_the_same(facexformer):
    images = torch.zeros(1, 3, 224, 224)
    with torch.inference_mode():
        alone, together = facexformer(images, ("gender",)), facexformer(images, ("gender", "age"))
    assert set(alone) == {"gender"}
    torch.testing.assert_close(alone["gender"], together["gender"])


def test_other_sizes_and_heads_are_refused(facexformer):
    with pytest.raises(ImageInputError, match=r"\(B, 3, 224, 224\)"):
        facexformer(torch.zeros(1, 3, 256, 256))
    with pytest.raises(SegmentationError, match="smile"):
        facexformer(torch.zeros(1, 3, 224, 224), ("smile",))


def test_published_layout_loads_strictly(facexformer, tmp_path):
    """The file as it is published: the state dict under its key, beside things that are not wanted."""
    state = {
        name: value.half() if value.is_floating_point() else value for name, value in facexformer.state_dict().items()
    }
    path = tmp_path / "model.pt"
    torch.save({"state_dict_backbone": state, "epoch": 3}, path)
    loaded = build_facexformer(path)
    assert not loaded.training
    for name, value in loaded.state_dict().items():
        expected = state[name].float() if state[name].is_floating_point() else state[name]
        assert torch.equal(value, expected), name
    del loaded
    path.unlink()


def test_incomplete_files_are_refused(tmp_path):
    torch.save({"state_dict_backbone": {"linear_fuse.weight": torch.zeros(256, 1024, 1, 1)}}, tmp_path / "model.pt")
    with pytest.raises(CheckpointError, match="504 of 505 entries differ"):
        build_facexformer(tmp_path / "model.pt")
    torch.save({"state_dict_backbone": 3}, tmp_path / "model.pt")
    with pytest.raises(CheckpointError, match="got int"):
        build_facexformer(tmp_path / "model.pt")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(MissingModelError, match="FaceXFormer's checkpoint at .*, found no such file"):
        build_facexformer(tmp_path)
