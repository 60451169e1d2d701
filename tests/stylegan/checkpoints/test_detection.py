from typing import Any

import pytest
import torch

from stylegan import CheckpointError, Discriminator, DiscriminatorConfig, Generator, GeneratorConfig
from stylegan.checkpoints.detection import (
    detect_discriminator_config,
    detect_generator_config,
    fit_feature_maps,
)
from stylegan.checkpoints.layouts import recognise
from tests.stylegan.networks import tiny_discriminator, tiny_generator


def told(state: Any) -> tuple[str, str] | None:
    """Architecture and part that the names are told to be of."""
    layout = recognise(state)
    return layout and (layout.network, layout.part)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"resolution": 1024},
        {"resolution": 128, "fmaps_base": 2048, "fmaps_max": 192, "mapping_layers": 4},
        {"resolution": 64, "z_dim": 64, "w_dim": 96, "mapping_dim": 128, "mapping_layers": 2},
        {"label_size": 7, "label_dim": 16},
        {"label_size": 5},
    ],
)
def test_generator_settings_are_found_again(settings: dict[str, Any]) -> None:
    config = GeneratorConfig(**settings)
    with torch.device("meta"):
        state = Generator(config).state_dict()
    assert told(state) == ("StyleGAN", "generator")
    assert detect_generator_config(state, "file.pth") == config


@pytest.mark.parametrize(
    "settings", [{}, {"resolution": 1024}, {"fmaps_base": 4096, "label_size": 7}, {"minibatch_group": 0}]
)
def test_discriminator_settings_are_found_again(settings: dict[str, Any]) -> None:
    config = DiscriminatorConfig(**settings)
    with torch.device("meta"):
        state = Discriminator(config).state_dict()
    assert told(state) == ("StyleGAN", "discriminator")
    assert detect_discriminator_config(state, "file.pth") == config


@pytest.mark.parametrize(
    ("channels", "expected"),
    [
        ({4: 512, 8: 512, 16: 512}, (8192, 512)),  # the maximum binds everywhere: 16 * 512 is enough
        ({4: 32, 8: 32, 16: 16}, (256, 32)),
        ({4: 31, 8: 31, 16: 31, 32: 31, 64: 15}, (992, 31)),  # 1000 // 64 = 15 and 1000 // 32 = 31: not divisible
    ],
)
def test_fit_feature_maps(channels: dict[int, int], expected: tuple[int, int]) -> None:
    assert fit_feature_maps(channels) == expected
    base, maximum = expected
    assert channels == {resolution: min(base // resolution, maximum) for resolution in channels}


def test_channels_of_another_rule() -> None:
    with pytest.raises(CheckpointError, match="found 8 at 4, 3 at 8, 7 at 16 pixels"):
        fit_feature_maps({4: 8, 8: 3, 16: 7})


def test_missing_entry_is_named_with_its_file() -> None:
    state = dict(tiny_generator().state_dict())
    del state["synthesis.layer2.bias"]
    with pytest.raises(
        CheckpointError, match=r"file.pth fits no known network: expected entries synthesis.layer0.bias"
    ):
        detect_generator_config(state, "file.pth")
    state = dict(tiny_discriminator().state_dict())
    del state["layer5.weight"]
    with pytest.raises(CheckpointError, match="the entry layer5.weight is missing"):
        detect_discriminator_config(state, "file.pth")


def test_entry_of_too_few_dimensions() -> None:
    state = {**tiny_generator().state_dict(), "mapping.dense0.weight": torch.zeros(3)}
    with pytest.raises(CheckpointError, match=r"mapping.dense0.weight to have at least 2 dimensions, got \(3,\)"):
        detect_generator_config(state, "file.pth")


def test_sizes_out_of_range() -> None:
    state = {**tiny_generator().state_dict(), "mapping.label_weight": torch.zeros(2, 12)}
    with pytest.raises(CheckpointError, match="z_dim must be at least 1, got 0"):
        detect_generator_config(state, "file.pth")
