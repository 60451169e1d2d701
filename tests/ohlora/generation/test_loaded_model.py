import hashlib
from pathlib import Path

import pytest

from ohlora.errors import MissingModelError
from ohlora.generation.loaded_model import fingerprint, load_without_sliders
from stylegan import Generator, GeneratorConfig, save_pretrained

SIZES = {"z_dim": 8, "w_dim": 8, "mapping_dim": 8, "fmaps_base": 64, "fmaps_max": 8}


def test_a_generator_is_loaded_with_its_name_and_the_fingerprint_of_its_weights(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    save_pretrained(Generator(GeneratorConfig(resolution=16, **SIZES)), folder)
    loaded = load_without_sliders(str(folder))
    digest = hashlib.sha256((folder / "generator.safetensors").read_bytes()).hexdigest()
    assert (loaded.name, loaded.fingerprint, loaded.folder) == (str(folder), digest[:12], folder)
    assert not loaded.network.training


def test_a_model_that_is_not_here_is_said() -> None:
    with pytest.raises(MissingModelError, match="nowhere is neither a known generator"):
        load_without_sliders("nowhere")


def test_a_fingerprint_is_the_start_of_the_sha256(tmp_path: Path) -> None:
    (tmp_path / "weights").write_bytes(b"abc")
    # The standard's own example for "abc".
    assert fingerprint(tmp_path / "weights") == "ba7816bf8f01"
