import pickle

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from segmentation.checkpoints import load_strictly, read_checkpoint
from segmentation.errors import CheckpointError


class Payload:
    """Pickles as a call that would create a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


@pytest.mark.parametrize("name", ["model.pt", "model.safetensors"])
def test_reads_tensors(tmp_path, name):
    state = {"weight": torch.arange(3.0)}
    (save_file if name.endswith("safetensors") else torch.save)(state, tmp_path / name)
    assert torch.equal(read_checkpoint(tmp_path / name)["weight"], state["weight"])


@pytest.mark.parametrize(
    "write", [torch.save, lambda content, path: path.write_bytes(pickle.dumps(content, protocol=2))]
)
def test_pickled_code_is_not_run(tmp_path, write, recwarn):
    write({"weight": Payload(tmp_path / "ran")}, tmp_path / "model.pt")
    with pytest.raises(CheckpointError, match="holds code besides tensors, which is never run"):
        read_checkpoint(tmp_path / "model.pt")
    assert not (tmp_path / "ran").exists()
    assert not recwarn.list


@pytest.mark.parametrize("content", [b"", b"<html>not found</html>", b"PK\x03\x04 cut off"])
def test_damaged_files_are_refused(tmp_path, content):
    (tmp_path / "model.pt").write_bytes(content)
    with pytest.raises(CheckpointError, match="fetch it again"):
        read_checkpoint(tmp_path / "model.pt")


def test_a_lone_tensor_is_refused(tmp_path):
    torch.save(torch.zeros(2), tmp_path / "model.pt")
    with pytest.raises(CheckpointError, match="expected a dictionary of tensors, got Tensor"):
        read_checkpoint(tmp_path / "model.pt")


def test_strict_loading(tmp_path):
    network = nn.Linear(2, 1)
    load_strictly(network, {"weight": torch.ones(1, 2), "bias": torch.zeros(1)}, tmp_path)
    assert network.weight.tolist() == [[1.0, 1.0]]


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"weight": torch.ones(1, 2)}, "1 of 2 entries differ, for one bias is missing"),
        ({"weight": torch.ones(1, 2), "bias": torch.ones(1), "extra": torch.ones(1)}, "extra is not expected"),
        ({"weight": torch.ones(2, 1), "bias": torch.ones(1)}, r"weight has shape \(2, 1\) instead of \(1, 2\)"),
    ],
)
def test_differences_are_named(tmp_path, state, message):
    with pytest.raises(CheckpointError, match=message):
        load_strictly(nn.Linear(2, 1), state, tmp_path)
