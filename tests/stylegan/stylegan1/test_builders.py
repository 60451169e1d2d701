from pathlib import Path

import pytest
import torch

from stylegan import (
    CheckpointError,
    ConfigError,
    DiscriminatorConfig,
    GeneratorConfig,
    build_discriminator,
    build_generator,
    save_pretrained,
)
from tests.stylegan.networks import tiny_discriminator, tiny_generator


def test_sizes_from_config_and_overrides() -> None:
    config = GeneratorConfig(resolution=64, fmaps_base=64)
    assert build_generator(config, z_dim=32).config == GeneratorConfig(resolution=64, fmaps_base=64, z_dim=32)
    discriminator = build_discriminator(resolution=8, fmaps_base=64)
    assert discriminator.config == DiscriminatorConfig(resolution=8, fmaps_base=64)


def test_unknown_override() -> None:
    with pytest.raises(ConfigError, match="unknown GeneratorConfig settings size"):
        build_generator(size=64)


def test_sizes_from_a_checkpoint_file_or_folder(tmp_path: Path) -> None:
    generator, discriminator = tiny_generator(), tiny_discriminator()
    torch.save({"generator": generator.state_dict(), "discriminator": discriminator.state_dict()}, tmp_path / "m.pth")
    save_pretrained(generator, tmp_path / "folder")
    save_pretrained(discriminator, tmp_path / "folder")
    z, images = torch.randn(1, 12), torch.randn(1, 3, 16, 16)
    for source in (tmp_path / "m.pth", tmp_path / "folder"):
        assert torch.equal(build_generator(checkpoint=source)(z), generator(z))
        assert torch.equal(build_discriminator(checkpoint=source)(images), discriminator(images))


def test_checkpoint_of_other_sizes_than_asked_for(tmp_path: Path) -> None:
    save_pretrained(tiny_generator(), tmp_path)
    with pytest.raises(CheckpointError, match=r"synthesis.layer6.weight \(2, 4, 3, 3\) is missing"):
        build_generator(checkpoint=tmp_path, resolution=32)
    with pytest.raises(CheckpointError, match="does not fit"):
        build_generator(GeneratorConfig(), checkpoint=tmp_path)


def test_setting_that_shapes_cannot_tell(tmp_path: Path) -> None:
    torch.save(tiny_discriminator(label_size=1).state_dict(), tmp_path / "m.pth")
    assert build_discriminator(checkpoint=tmp_path / "m.pth").config.label_size == 0
    conditional = build_discriminator(checkpoint=tmp_path / "m.pth", label_size=1)
    assert conditional(torch.zeros(1, 3, 16, 16), torch.ones(1, 1)).shape == (1, 1)
