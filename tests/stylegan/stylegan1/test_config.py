import dataclasses
import json
from typing import Any

import pytest

from stylegan import ConfigError, DiscriminatorConfig, GeneratorConfig
from stylegan.stylegan1.config import feature_maps


@pytest.mark.parametrize(("resolution", "expected"), [(4, 512), (32, 512), (64, 256), (256, 64), (1024, 16)])
def test_feature_maps_of_the_published_networks(resolution: int, expected: int) -> None:
    # min(16384 / resolution, 512) by hand
    assert feature_maps(resolution, 16384, 512) == expected


def test_derived_sizes_at_256() -> None:
    config = GeneratorConfig()
    assert (config.num_blocks, config.num_layers, config.embedding_dim) == (7, 14, 0)


@pytest.mark.parametrize(("label_dim", "expected"), [(None, 512), (16, 16)])
def test_labels_embed_to_z_dim_unless_told(label_dim: int | None, expected: int) -> None:
    assert GeneratorConfig(label_size=7, label_dim=label_dim).embedding_dim == expected


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"resolution": 100}, "power of two from 8 to 1024, got 100"),
        ({"resolution": 4}, "got 4"),
        ({"resolution": 2048}, "got 2048"),
        ({"resolution": 64.0}, "whole number, got 64.0"),
        ({"resolution": None}, "whole number, got None"),
        ({"z_dim": True}, "whole number, got True"),
        ({"fmaps_base": 255}, "at least the resolution 256, got 255"),
        ({"fmaps_max": 0}, "fmaps_max must be at least 1, got 0"),
        ({"label_size": -1}, "label_size must be at least 0, got -1"),
        ({"label_dim": 0}, "label_dim must be at least 1, got 0"),
        ({"mapping_layers": 0}, "mapping_layers must be at least 1"),
    ],
)
def test_generator_settings_out_of_range(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        GeneratorConfig(**settings)


def test_discriminator_group_out_of_range() -> None:
    with pytest.raises(ConfigError, match="minibatch_group must be at least 0, got -2"):
        DiscriminatorConfig(minibatch_group=-2)


def test_settings_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        GeneratorConfig().resolution = 64  # type: ignore[misc]


@pytest.mark.parametrize("config", [GeneratorConfig(label_size=3, label_dim=16), DiscriminatorConfig(resolution=8)])
def test_round_trip_through_json(config: GeneratorConfig | DiscriminatorConfig) -> None:
    assert type(config).from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_unknown_setting_is_named() -> None:
    with pytest.raises(ConfigError, match="unknown GeneratorConfig settings colour; known are resolution"):
        GeneratorConfig.from_dict({"colour": 1})


def test_replace_validates_again() -> None:
    assert GeneratorConfig().replace(resolution=128) == GeneratorConfig(resolution=128)
    with pytest.raises(ConfigError):
        GeneratorConfig().replace(resolution=3)
