import json
from pathlib import Path
from typing import Any

import pytest
import torch

from stylegan import CheckpointError, convert_checkpoint, from_pretrained, load_checkpoint, save_pretrained
from tests.stylegan.networks import tiny_discriminator, tiny_generator


def test_both_networks_share_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "model"
    assert save_pretrained(tiny_generator(), folder) == folder / "generator.safetensors"
    save_pretrained(tiny_discriminator(), folder)
    assert sorted(path.name for path in folder.iterdir()) == [
        "config.json",
        "discriminator.safetensors",
        "generator.safetensors",
    ]
    z = torch.randn(2, 12)
    assert torch.equal(from_pretrained(folder)(z), tiny_generator()(z))
    images = torch.randn(2, 3, 16, 16)
    assert torch.equal(from_pretrained(folder, "discriminator")(images), tiny_discriminator()(images))


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float16, 2e-2), (torch.bfloat16, 2e-1)])
def test_narrow_storage_loads_to_float32(tmp_path: Path, dtype: torch.dtype, tolerance: float) -> None:
    generator = tiny_generator()
    full = save_pretrained(generator, tmp_path / "full").stat().st_size
    narrow = save_pretrained(generator, tmp_path / "narrow", dtype=dtype).stat().st_size
    assert narrow < 0.7 * full
    loaded = from_pretrained(tmp_path / "narrow")
    assert {value.dtype for value in loaded.state_dict().values()} == {torch.float32}
    z = torch.randn(2, 12)
    expected = generator(z)
    assert (loaded(z) - expected).abs().mean() < tolerance * expected.std()


def test_channels_last_network_is_saved(tmp_path: Path) -> None:
    generator = tiny_generator().to(memory_format=torch.channels_last)
    save_pretrained(generator, tmp_path)
    assert torch.equal(from_pretrained(tmp_path)(torch.ones(1, 12)), tiny_generator()(torch.ones(1, 12)))


def test_other_keys_of_the_config_stay(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"trained_on": "portraits"}))
    save_pretrained(tiny_generator(), tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    assert config["trained_on"] == "portraits"
    assert config["generator"]["resolution"] == 16
    assert from_pretrained(tmp_path).config == tiny_generator().config


def test_value_too_large_for_the_storage_type(tmp_path: Path) -> None:
    generator = tiny_generator()
    with torch.no_grad():
        generator.get_parameter("mapping.dense0.weight")[0, 0] = 1e6
    with pytest.raises(CheckpointError, match="mapping.dense0.weight has values that are not finite in torch.float16"):
        save_pretrained(generator, tmp_path, dtype=torch.float16)
    assert not list(tmp_path.iterdir())


def test_storage_type_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"expected a storage type of torch.float32.*got torch.int8"):
        save_pretrained(tiny_generator(), tmp_path, dtype=torch.int8)


def test_missing_folder_config_part_and_weights(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"expected a model folder with .*config.json, found no such folder"):
        from_pretrained(tmp_path / "absent")
    with pytest.raises(CheckpointError, match="found no such file"):
        from_pretrained(tmp_path)
    save_pretrained(tiny_generator(), tmp_path)
    with pytest.raises(CheckpointError, match="expected settings for discriminator, found generator"):
        from_pretrained(tmp_path, "discriminator")
    (tmp_path / "generator.safetensors").unlink()
    with pytest.raises(CheckpointError, match=r"expected the generator's weights at .*generator.safetensors"):
        from_pretrained(tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"generator": {"resolution": 100}}, "config.json: resolution must be a power of two"),
        ({"generator": {"colour": 1}}, "config.json: unknown GeneratorConfig settings colour"),
        ({"generator": {"resolution": 16}}, r"generator.safetensors does not fit GeneratorConfig\(resolution=16"),
        ({"format_version": 9}, "expected format_version 1, found 9; update this package"),
    ],
)
def test_config_that_does_not_fit(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    save_pretrained(tiny_generator(), tmp_path)
    path = tmp_path / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(CheckpointError, match=message):
        from_pretrained(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"), [("{broken", "not readable JSON"), ("[]", "expected a JSON object, found a list")]
)
def test_broken_config_is_neither_read_nor_overwritten(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "config.json"
    path.write_text(content)
    with pytest.raises(CheckpointError, match=message):
        from_pretrained(tmp_path)
    with pytest.raises(CheckpointError, match=message):
        save_pretrained(tiny_generator(), tmp_path)
    assert path.read_text() == content


def test_broken_weights(tmp_path: Path) -> None:
    save_pretrained(tiny_generator(), tmp_path).write_bytes(b"no weights")
    with pytest.raises(CheckpointError, match="generator.safetensors is not a readable safetensors file"):
        from_pretrained(tmp_path)


def test_convert_writes_every_network_of_a_published_file(tmp_path: Path) -> None:
    generator, discriminator = tiny_generator(label_size=2), tiny_discriminator(label_size=2)
    path = tmp_path / "published.pth"
    torch.save({"generator_smooth": generator.state_dict(), "discriminator": discriminator.state_dict()}, path)
    written = convert_checkpoint(path, tmp_path / "model")
    assert [item.name for item in written] == ["generator.safetensors", "discriminator.safetensors"]
    z, labels = torch.randn(1, 12), torch.rand(1, 2)
    assert torch.equal(from_pretrained(tmp_path / "model")(z, labels), load_checkpoint(path)(z, labels))
    assert from_pretrained(tmp_path / "model", "discriminator").config == discriminator.config


def test_convert_a_bare_generator_to_half_precision(tmp_path: Path) -> None:
    torch.save(tiny_generator().state_dict(), tmp_path / "bare.pth")
    written = convert_checkpoint(tmp_path / "bare.pth", tmp_path / "model", dtype=torch.float16)
    assert [item.name for item in written] == ["generator.safetensors"]
    assert from_pretrained(tmp_path / "model").config == tiny_generator().config


def test_others_can_read_what_is_saved(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.touch()
    weights = save_pretrained(tiny_generator(), tmp_path / "model")
    assert weights.stat().st_mode == plain.stat().st_mode
