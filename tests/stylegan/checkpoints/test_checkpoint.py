import pickle
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from stylegan import CheckpointError, Discriminator, Generator, load_checkpoint
from stylegan.checkpoints.checkpoint import read_checkpoint
from tests.stylegan.networks import tiny_discriminator, tiny_generator


def write(path: Path, payload: Any) -> Path:
    torch.save(payload, path)
    return path


def smoothed() -> Generator:
    generator = tiny_generator()
    with torch.no_grad():
        generator.synthesis.get_parameter("output2.bias").add_(1.0)
    return generator


def assert_same(first: torch.nn.Module, second: torch.nn.Module) -> None:
    entries = second.state_dict()
    assert all(torch.equal(value, entries[name]) for name, value in first.state_dict().items())


def test_the_smoothed_generator_is_preferred(tmp_path: Path) -> None:
    payload = {
        "generator": tiny_generator().state_dict(),
        "generator_smooth": smoothed().state_dict(),
        "discriminator": tiny_discriminator().state_dict(),
        "optimizers": {"generator_optimizer": {"state": {}, "param_groups": [{"lr": 0.001}]}},
        "iter": 5,
    }
    path = write(tmp_path / "published.pth", payload)
    assert_same(load_checkpoint(path), smoothed())
    discriminator = load_checkpoint(path, "discriminator")
    assert isinstance(discriminator, Discriminator)
    assert_same(discriminator, tiny_discriminator())
    assert list(read_checkpoint(path)) == ["generator_smooth", "generator", "discriminator"]


@pytest.mark.parametrize("label_dim", [None, 16])
def test_bare_conditional_generator(tmp_path: Path, label_dim: int | None) -> None:
    settings = {"label_size": 3} | ({} if label_dim is None else {"label_dim": label_dim})
    generator = tiny_generator(**settings)
    loaded = load_checkpoint(write(tmp_path / "bare.pth", generator.state_dict()))
    assert loaded.config == generator.config
    z, labels = torch.randn(2, 12), torch.rand(2, 3)
    assert torch.equal(loaded(z, labels), generator(z, labels))


def test_plain_generator_without_a_smoothed_one(tmp_path: Path) -> None:
    path = write(tmp_path / "model.pth", {"generator": tiny_generator().state_dict()})
    assert_same(load_checkpoint(path), tiny_generator())


def test_bare_discriminator(tmp_path: Path) -> None:
    path = write(tmp_path / "bare.pth", tiny_discriminator().state_dict())
    assert_same(load_checkpoint(path, "discriminator"), tiny_discriminator())


def test_networks_nested_under_models(tmp_path: Path) -> None:
    path = write(tmp_path / "run.pth", {"models": {"generator": tiny_generator().state_dict()}, "metadata": {}})
    assert_same(load_checkpoint(path), tiny_generator())


def test_single_safetensors_file(tmp_path: Path) -> None:
    save_file(dict(tiny_generator().state_dict()), tmp_path / "model.safetensors")
    assert_same(load_checkpoint(tmp_path / "model.safetensors"), tiny_generator())


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"expected a checkpoint file at .*absent.pth, found none"):
        load_checkpoint(tmp_path / "absent.pth")
    with pytest.raises(CheckpointError, match="found a folder"):
        load_checkpoint(tmp_path)


def test_missing_part(tmp_path: Path) -> None:
    path = write(tmp_path / "model.pth", {"generator": tiny_generator().state_dict()})
    with pytest.raises(CheckpointError, match=r"model.pth: expected discriminator, found only generator"):
        load_checkpoint(path, "discriminator")


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        ([1, 2], "found a list"),
        ({}, "found an empty dict"),
        ({"epoch": 1, "weights": torch.zeros(2)}, "found 2 entries: epoch, weights"),
    ],
)
def test_other_layouts_are_described(tmp_path: Path, payload: Any, found: str) -> None:
    with pytest.raises(CheckpointError, match=rf"other.pth: expected a dict with generator_smooth.*{found}"):
        load_checkpoint(write(tmp_path / "other.pth", payload))


def test_entry_that_is_no_tensor(tmp_path: Path) -> None:
    state = {**tiny_generator().state_dict(), "mapping.dense0.bias": 3}
    with pytest.raises(CheckpointError, match="expected tensors in generator, found int under mapping.dense0.bias"):
        load_checkpoint(write(tmp_path / "model.pth", {"generator": state}))


class Trap:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.path,))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("save", [torch.save, lambda payload, path: path.write_bytes(pickle.dumps(payload))])
def test_pickled_code_is_refused_and_not_run(tmp_path: Path, save: Any) -> None:
    save({"generator": Trap(tmp_path / "ran")}, tmp_path / "trap.pth")
    with pytest.raises(CheckpointError, match=r"trap.pth holds code.*, which is never run") as caught:
        load_checkpoint(tmp_path / "trap.pth")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", ["model.pth", "model.safetensors"])
@pytest.mark.parametrize("content", [b"", b"these are no weights", b"PK\x03\x04 cut off"])
def test_unreadable_files(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match=f"{name} is not a readable") as caught:
        load_checkpoint(path)
    assert "\n" not in str(caught.value)


def test_truncated_file(tmp_path: Path) -> None:
    path = write(tmp_path / "model.pth", tiny_generator().state_dict())
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(CheckpointError, match="model.pth is not a readable"):
        load_checkpoint(path)


@pytest.mark.parametrize("prefix", ["module.", "_orig_mod.", "module._orig_mod."])
@pytest.mark.parametrize("nested", [False, True])
def test_prefixes_of_wrappers_are_taken_off(tmp_path: Path, prefix: str, nested: bool) -> None:
    state: dict[str, Any] = {f"{prefix}{name}": value for name, value in smoothed().state_dict().items()}
    payload = {"generator": tiny_generator().state_dict(), "generator_smooth": state} if nested else state
    assert_same(load_checkpoint(write(tmp_path / "model.pth", payload)), smoothed())


def test_an_averaged_model_is_its_module(tmp_path: Path) -> None:
    averaged = torch.optim.swa_utils.AveragedModel(smoothed())
    assert_same(load_checkpoint(write(tmp_path / "model.pth", averaged.state_dict())), smoothed())


@pytest.mark.parametrize("prefix", ["", "generator_smooth."])
def test_a_checkpoint_of_lightning_opens(tmp_path: Path, prefix: str) -> None:
    state = {f"{prefix}{name}": value for name, value in smoothed().state_dict().items()}
    path = write(tmp_path / "last.ckpt", {"epoch": 3, "global_step": 9, "state_dict": state})
    assert_same(load_checkpoint(path), smoothed())
