"""The layout of rosinality's StyleGAN2, which encoders (pSp, e4e, ReStyle) use as well, by NVLabs's names."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from stylegan.checkpoints.renaming import (
    Numbers,
    Rule,
    flat,
    leaves,
    picture,
    renamed,
    scalar,
    without_first_axis,
)
from stylegan.errors import CheckpointError

Place = Callable[[Numbers], str]


def generator_entries(state: Mapping[str, Tensor], average: Tensor | None) -> tuple[dict[str, Tensor], list[str]]:
    """A generator's entries.

    Args:
        state: Its state dict.
        average: `latent_avg`, which lies beside it in most files: `(w_dim,)`, or `(L, w_dim)` of equal rows.

    Returns:
        The entries, without `mapping.w_avg` where the file has no average, and what is to be said of them.

    Raises:
        CheckpointError: A low-pass filter or the average is of another kind.
    """
    entries = renamed(state, _GENERATOR)
    notes = []
    if not any(name.startswith("noises.") for name in state):
        notes.append("it has no stored noise, and draws without until fresh noise is asked for")
        entries |= _no_noise(entries)
    if average is not None:
        entries["mapping.w_avg"] = _one_average(average)
    return entries, notes


def discriminator_entries(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A discriminator's entries."""
    blocks = sum(name.endswith(".conv1.0.weight") for name in state)
    side = 4 << blocks

    def at(number: int) -> str:
        return f"b{side >> (number - 1)}" if 0 < number <= blocks else f"convs.{number}"

    rules = [
        Rule(r"convs\.0\.0\.weight", lambda _: f"b{side}.fromrgb.weight"),
        Rule(r"convs\.0\.1\.bias", lambda _: f"b{side}.fromrgb.bias"),
        Rule(r"convs\.(\d+)\.conv1\.0\.weight", lambda n: f"{at(n[0])}.conv0.weight"),
        Rule(r"convs\.(\d+)\.conv1\.1\.bias", lambda n: f"{at(n[0])}.conv0.bias"),
        Rule(r"convs\.(\d+)\.conv2\.1\.weight", lambda n: f"{at(n[0])}.conv1.weight"),
        Rule(r"convs\.(\d+)\.conv2\.2\.bias", lambda n: f"{at(n[0])}.conv1.bias"),
        Rule(r"convs\.(\d+)\.skip\.1\.weight", lambda n: f"{at(n[0])}.skip.weight"),
        Rule(r"convs\.\d+\.(?:conv2|skip)\.0\.kernel", None),
        Rule(r"final_conv\.0\.weight", lambda _: "b4.conv.weight"),
        Rule(r"final_conv\.1\.bias", lambda _: "b4.conv.bias"),
        *leaves(r"final_linear\.0", lambda _: "b4.fc"),
        *leaves(r"final_linear\.1", lambda _: "b4.out"),
    ]
    return renamed(state, rules)


def _no_noise(entries: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Noise pictures of zeros: files from before noise was stored have a strength of it alone."""
    pictures = {}
    for name in entries:
        layer, _, leaf = name.rpartition(".")
        if leaf == "noise_strength":
            side = int(layer.split(".")[1].removeprefix("b"))
            pictures[f"{layer}.noise_const"] = torch.zeros(side, side)
    return pictures


def _one_average(average: Tensor) -> Tensor:
    if average.ndim == 2 and torch.allclose(average, average[:1].expand_as(average), atol=1e-5):
        return average[0]
    if average.ndim != 1:
        raise CheckpointError(
            f"expected latent_avg to be one w, or the same for each layer, got {tuple(average.shape)}"
        )
    return average


def _conv(numbers: Numbers) -> str:
    """`convs.{i}`: two of each resolution from 8x8 on."""
    return f"synthesis.b{8 << (numbers[0] // 2)}.conv{numbers[0] % 2}"


def _noise(numbers: Numbers) -> str:
    """`noises.noise_{i}`: that of 4x4, then two of each resolution."""
    index = numbers[0]
    return f"{'synthesis.b4.conv1' if index == 0 else _conv((index - 1,))}.noise_const"


def _styled(pattern: str, place: Place) -> list[Rule]:
    return [
        Rule(rf"{pattern}\.conv\.weight", lambda n: f"{place(n)}.weight", without_first_axis),
        Rule(rf"{pattern}\.conv\.modulation\.weight", lambda n: f"{place(n)}.affine.weight"),
        Rule(rf"{pattern}\.conv\.modulation\.bias", lambda n: f"{place(n)}.affine.bias"),
        Rule(rf"{pattern}\.noise\.weight", lambda n: f"{place(n)}.noise_strength", scalar),
        Rule(rf"{pattern}\.activate\.bias", lambda n: f"{place(n)}.bias"),
        Rule(rf"{pattern}\.bias", lambda n: f"{place(n)}.bias", flat),
    ]


_GENERATOR = [
    *leaves(r"style\.(\d+)", lambda n: f"mapping.fc{n[0] - 1}"),
    Rule(r"input\.input", lambda _: "synthesis.b4.const", without_first_axis),
    *_styled("conv1", lambda _: "synthesis.b4.conv1"),
    *_styled(r"convs\.(\d+)", _conv),
    *_styled("to_rgb1", lambda _: "synthesis.b4.torgb"),
    *_styled(r"to_rgbs\.(\d+)", lambda n: f"synthesis.b{8 << n[0]}.torgb"),
    Rule(r"noises\.noise_(\d+)", _noise, picture),
    Rule(r"convs\.\d+\.conv\.blur\.kernel", None),
    Rule(r"to_rgbs\.\d+\.upsample\.kernel", None),
]
