from typing import Any

import pytest

from stylegan import ConfigError
from stylegan.stylegan2.config import DiscriminatorConfig, GeneratorConfig


def test_sizes_that_follow() -> None:
    config = GeneratorConfig(channels=(512, 512, 512, 512, 512, 256, 128, 64, 32))
    assert (config.resolution, config.num_ws) == (1024, 18)


def test_settings_survive_json() -> None:
    config = GeneratorConfig(channels=(8, 4), label_size=2, conv_clamp=256.0)
    assert GeneratorConfig.from_dict({**config.to_dict(), "channels": [8, 4]}) == config
    assert config.embedding_dim == 512


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"channels": (8,)}, "channels must be given for 2 to 9 resolutions from 4 on, got 1"),
        ({"channels": (8, 0)}, "channels must be a list of whole numbers above 0"),
        ({"channels": 8}, "channels must be a list of whole numbers above 0, got 8"),
        ({}, "GeneratorConfig settings lack channels"),
        ({"channels": (8, 4), "fmaps_max": 3}, "unknown GeneratorConfig settings fmaps_max"),
        ({"channels": (8, 4), "conv_clamp": 0}, "conv_clamp must be a number above 0 or absent, got 0"),
        ({"channels": (8, 4), "z_dim": 0}, "z_dim must be at least 1, got 0"),
        ({"channels": (8, 4), "w_dim": "16"}, "w_dim must be a whole number, got '16'"),
    ],
)
def test_settings_that_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        GeneratorConfig.from_dict(settings)


def test_outputs_of_a_discriminator() -> None:
    assert DiscriminatorConfig(channels=(8, 4)).outputs == 1
    assert DiscriminatorConfig(channels=(8, 4), label_size=3).outputs == 8
