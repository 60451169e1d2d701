"""Which of the published layouts entries have, told by their names, and how each becomes a network of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from stylegan.checkpoints import detection, genforce, rosinality, stylegan2_sizes, stylegan3_sizes
from stylegan.checkpoints.architectures import AnyNetwork, Part
from stylegan.checkpoints.assembly import assemble
from stylegan.checkpoints.detection import StateDict
from stylegan.checkpoints.renaming import Rule, renamed
from stylegan.stylegan1.discriminator import Discriminator as StyleGAN1Discriminator
from stylegan.stylegan1.generator import Generator as StyleGAN1
from stylegan.stylegan2.discriminator import Discriminator
from stylegan.stylegan2.generator import Generator as StyleGAN2
from stylegan.stylegan3.generator import Generator as StyleGAN3

Settings = Mapping[str, Any]
Build = Callable[[StateDict, Settings, str | Path], AnyNetwork]

AVERAGED_LATENTS, AVERAGE_SEED, BATCH = 10_000, 0, 1000
USUAL_CLAMP = 256.0


@dataclass(frozen=True)
class Entries:
    """A network's entries by our names.

    Attributes:
        state: The entries.
        settings: What leaves no trace in shapes.
        notes: What is to be said of them.
    """

    state: StateDict
    settings: Settings = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    """A way to name the entries of a network.

    Attributes:
        name: Whose layout it is.
        part: What it is the layout of.
        network: The architecture, as people call it.
        marks: Names that tell it from the others.
        convert: From its entries, and `latent_avg` where one lies beside them, to ours.
        build: From entries to a network.
    """

    name: str
    part: Part
    network: str
    marks: tuple[str, ...]
    convert: Callable[[StateDict, Tensor | None], Entries]
    build: Build


def recognise(names: Iterable[str]) -> Layout | None:
    """The layout that the names of entries have; None for none of those known."""
    present = set(names)
    return next((layout for layout in LAYOUTS if present.issuperset(layout.marks)), None)


def foreign_network(names: Iterable[str]) -> str | None:
    """What a network is that resembles those known and is none; None where nothing is known of it."""
    listed = [str(name) for name in names]
    for start, network in _FOREIGN:
        if any(name.startswith(start) or f".{start}" in name for name in listed):
            return network
    return None


def _as_it_is(state: StateDict, average: Tensor | None) -> Entries:
    return Entries(state)


def _of_nvlabs(state: StateDict, average: Tensor | None) -> Entries:
    entries = renamed(state, [Rule(r".*\.resample_filter", None)])
    if "synthesis.input.freqs" in entries:
        entries.setdefault("synthesis.input.transform", torch.eye(3))
    if "synthesis.b4.const" in entries:
        note = f"a bare state dict does not say at which size activations end; {USUAL_CLAMP:g} is taken, as in nearly all files"
        return Entries(entries, {"conv_clamp": USUAL_CLAMP}, (note,))
    return Entries(entries)


def _of_rosinality(state: StateDict, average: Tensor | None) -> Entries:
    entries, notes = rosinality.generator_entries(state, average)
    return Entries(entries, notes=tuple(notes))


def _build_stylegan1(state: StateDict, settings: Settings, source: str | Path) -> AnyNetwork:
    return assemble(StyleGAN1, detection.detect_generator_config(state, source), state, source)


def _build_discriminator1(state: StateDict, settings: Settings, source: str | Path) -> AnyNetwork:
    config = detection.detect_discriminator_config(state, source)
    return assemble(StyleGAN1Discriminator, config, state, source)


def _build_stylegan2(state: StateDict, settings: Settings, source: str | Path) -> AnyNetwork:
    config = stylegan2_sizes.detect_generator_config(state, settings, source)
    return assemble(StyleGAN2, config, state, source)


def _build_from_rosinality(state: StateDict, settings: Settings, source: str | Path) -> AnyNetwork:
    """As StyleGAN2; the average of w is computed where the file has none, as its makers do."""
    if "mapping.w_avg" in state:
        return _build_stylegan2(state, settings, source)
    w_dim = stylegan2_sizes.detect_generator_config(state, settings, source).w_dim
    network = _build_stylegan2({**state, "mapping.w_avg": torch.zeros(w_dim)}, settings, source)
    assert isinstance(network, StyleGAN2)
    _set_average(network)
    return network


@torch.no_grad()
def _set_average(network: StyleGAN2) -> None:
    random = torch.Generator().manual_seed(AVERAGE_SEED)
    total = torch.zeros(network.w_dim, dtype=torch.float64)
    for _ in range(AVERAGED_LATENTS // BATCH):
        total += network.map(torch.randn(BATCH, network.z_dim, generator=random)).double().sum(dim=0)
    network.average_w.copy_(total / AVERAGED_LATENTS)


def _build_discriminator2(state: StateDict, settings: Settings, source: str | Path) -> AnyNetwork:
    config = stylegan2_sizes.detect_discriminator_config(state, settings, source)
    return assemble(Discriminator, config, state, source)


def _build_stylegan3(state: StateDict, settings: Settings, source: str | Path) -> AnyNetwork:
    config = stylegan3_sizes.detect_generator_config(state, settings, source)
    return assemble(StyleGAN3, config, state, source)


LAYOUTS = (
    Layout(
        *("NVLabs", "generator", "StyleGAN3", ("synthesis.input.freqs", "mapping.fc0.weight")),
        *(_of_nvlabs, _build_stylegan3),
    ),
    Layout(
        *("NVLabs", "generator", "StyleGAN2", ("synthesis.b4.const", "mapping.fc0.weight")),
        *(_of_nvlabs, _build_stylegan2),
    ),
    Layout(
        "NVLabs", "discriminator", "StyleGAN2", ("b4.fc.weight", "b4.out.weight"), _of_nvlabs, _build_discriminator2
    ),
    Layout(
        *("rosinality", "generator", "StyleGAN2", ("input.input", "style.1.weight", "convs.0.conv.weight")),
        *(_of_rosinality, _build_from_rosinality),
    ),
    Layout(
        *("rosinality", "discriminator", "StyleGAN2", ("convs.0.0.weight", "final_linear.1.weight")),
        *(lambda state, _: Entries(rosinality.discriminator_entries(state)), _build_discriminator2),
    ),
    Layout(
        *("GenForce", "generator", "StyleGAN2", ("mapping.dense0.weight", "synthesis.early_layer.const")),
        *(lambda state, _: Entries(genforce.generator_entries(state)), _build_stylegan2),
    ),
    Layout(
        *("GenForce", "discriminator", "StyleGAN2", ("input0.weight", "skip_layer0.weight")),
        *(lambda state, _: Entries(genforce.discriminator_entries(state)), _build_discriminator2),
    ),
    Layout(
        *("GenForce", "generator", "StyleGAN", ("mapping.dense0.weight", "synthesis.layer0.const")),
        *(_as_it_is, _build_stylegan1),
    ),
    Layout(
        "GenForce", "discriminator", "StyleGAN", ("input0.weight", "layer0.weight"), _as_it_is, _build_discriminator1
    ),
)

# What names begin with, or have inside, in networks that are known by name and not supported.
_FOREIGN = (
    ("iwt.", "SWAGAN"),
    ("dwt.", "SWAGAN"),
    ("backbone.", "EG3D"),
    ("superresolution.", "EG3D"),
    ("mapping.embed_proj.", "StyleGAN-XL"),
    ("synthesis.init.", "Projected GAN"),
    ("synthesis.fg_nerf.", "StyleNeRF"),
)


def refusal(what: str) -> str:
    """How a network that is known by name and not supported is refused."""
    return (
        f"it holds a network of {what}, whose layers are others and which is not supported; take a file of StyleGAN, StyleGAN2 or "
        "StyleGAN3 (docs/generators.md lists them)"
    )


def build(layout: Layout, entries: Entries, source: str | Path) -> AnyNetwork:
    """Builds a network out of converted entries.

    Raises:
        CheckpointError: They fit no network.
    """
    return layout.build(entries.state, entries.settings, source)
