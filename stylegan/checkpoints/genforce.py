"""The layout of GenForce's StyleGAN2 by NVLabs's names; that of its StyleGAN is the one that `stylegan.stylegan1` has."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from torch import Tensor

from stylegan.checkpoints.renaming import Numbers, Rule, leaves, picture, renamed, without_first_axis
from stylegan.errors import CheckpointError


def generator_entries(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A generator's entries.

    Raises:
        CheckpointError: It reads labels in the way of StyleGAN, or a low-pass filter is another one.
    """
    if "mapping.label_weight" in state:
        raise CheckpointError(
            "it is a StyleGAN2 of GenForce that normalises labels together with z (mapping.label_weight), which no published "
            "file has and which is not supported"
        )
    return renamed(state, _GENERATOR)


def discriminator_entries(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A discriminator's entries."""
    blocks = sum(name.startswith("skip_layer") and name.endswith(".weight") for name in state)
    side = 4 << blocks

    def place(numbers: Numbers) -> str:
        block, second = divmod(numbers[0], 2)
        if block < blocks:
            return f"b{side >> block}.conv{second}"
        return f"b4.{('conv', 'fc', 'out')[min(numbers[0] - 2 * blocks, 2)]}"

    rules = [
        Rule(r"layer\d+\.filter\.kernel|skip_layer\d+\.filter\.kernel", None),
        *leaves("input0", lambda _: f"b{side}.fromrgb"),
        *leaves(r"layer(\d+)", place),
        *leaves(r"skip_layer(\d+)", lambda n: f"b{side >> n[0]}.skip"),
        *leaves("LabelEmbed", lambda _: "mapping.embed"),
    ]
    return renamed(state, rules)


def _layer(numbers: Numbers) -> str:
    """`synthesis.layer{i}`: that of 4x4, then two of each resolution."""
    index = numbers[0]
    return "synthesis.b4.conv1" if index == 0 else f"synthesis.b{4 << ((index + 1) // 2)}.conv{(index + 1) % 2}"


def _output(numbers: Numbers) -> str:
    return f"synthesis.b{4 << numbers[0]}.torgb"


def _mirrored(kernel: Tensor) -> Tensor:
    return kernel.flip(2, 3) if kernel.ndim == 4 else kernel


def _style(pattern: str, place: Callable[[Numbers], str]) -> list[Rule]:
    """A layer's style; its bias is stored without the 1 that the layer adds."""
    return [
        Rule(rf"{pattern}\.style\.weight", lambda n: f"{place(n)}.affine.weight"),
        Rule(rf"{pattern}\.style\.bias", lambda n: f"{place(n)}.affine.bias", lambda bias: bias + 1.0),
    ]


_GENERATOR = [
    *leaves(r"mapping\.dense(\d+)", lambda n: f"mapping.fc{n[0]}"),
    *leaves(r"mapping\.LabelEmbed", lambda _: "mapping.embed"),
    Rule(r"truncation\.w_avg", lambda _: "mapping.w_avg"),
    Rule(r"synthesis\.early_layer\.const", lambda _: "synthesis.b4.const", without_first_axis),
    Rule(r"synthesis\.layer(\d*[13579])\.weight", lambda n: f"{_layer(n)}.weight", _mirrored),
    Rule(r"synthesis\.layer(\d+)\.noise_strength", lambda n: f"{_layer(n)}.noise_strength"),
    Rule(r"synthesis\.layer(\d+)\.noise", lambda n: f"{_layer(n)}.noise_const", picture),
    *_style(r"synthesis\.layer(\d+)", _layer),
    *leaves(r"synthesis\.layer(\d+)", _layer),
    *_style(r"synthesis\.output(\d+)", _output),
    *leaves(r"synthesis\.output(\d+)", _output),
    Rule(r"synthesis\.layer\d+\.filter\.kernel|synthesis\.upsample\.kernel", None),
]
