import hashlib
from pathlib import Path

import numpy as np
import pytest
import torch

from ohlora.errors import DeviceError, MissingModelError
from ohlora.generation.drawing import NamedGenerator, fingerprint
from stylegan import Generator, GeneratorConfig, save_pretrained

SIZES = {"z_dim": 8, "w_dim": 8, "mapping_dim": 8, "fmaps_base": 64, "fmaps_max": 8}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_pretrained(Generator(GeneratorConfig(resolution=16, **SIZES)), tmp_path / "model")
    return tmp_path / "model"


def test_a_generator_is_loaded_with_its_name_and_the_fingerprint_of_its_weights(folder: Path) -> None:
    generator = NamedGenerator.load(str(folder), device="cpu")
    digest = hashlib.sha256((folder / "generator.safetensors").read_bytes()).hexdigest()
    assert (generator.name, generator.fingerprint) == (str(folder), digest[:12])
    assert generator.precision == torch.float32 and generator.device.type == "cpu" and generator.group_size == 1
    assert not generator.network.training


def test_what_cannot_be_loaded_is_named(folder: Path) -> None:
    with pytest.raises(MissingModelError, match="nowhere is neither a file"):
        NamedGenerator.load("nowhere")
    with pytest.raises(DeviceError, match="fp16 needs a GPU"):
        NamedGenerator.load(str(folder), device="cpu", precision="fp16")


def test_a_fingerprint_is_the_start_of_the_sha256(tmp_path: Path) -> None:
    (tmp_path / "weights").write_bytes(b"abc")
    # The standard's own example for "abc".
    assert fingerprint(tmp_path / "weights") == "ba7816bf8f01"


def test_a_group_is_drawn_from_the_z_of_its_seeds(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    generator = NamedGenerator.load(str(folder), device="cpu")
    # What a GPU does, on a CPU: neighbours are computed together.
    monkeypatch.setattr(NamedGenerator, "group_size", 4)
    images = generator.draw_group(2, truncation=0.5, truncation_layers=None)
    z = np.concatenate([np.random.RandomState(seed).randn(1, 8) for seed in range(8, 12)]).astype(np.float32)
    with torch.inference_mode():
        expected = generator.network(torch.from_numpy(z), truncation_psi=0.5).clamp(-1, 1) * 127.5 + 127.5
    assert images.shape == (4, 16, 16, 3) and images.dtype == np.uint8
    np.testing.assert_array_equal(images, expected.round().byte().permute(0, 2, 3, 1).numpy())


@pytest.mark.gpu
def test_groups_on_a_gpu_are_repeatable(folder: Path) -> None:
    generator = NamedGenerator.load(str(folder))
    assert generator.group_size == 8
    first, second = (generator.draw_group(1, 0.7, None) for _ in range(2))
    np.testing.assert_array_equal(first, second)
