"""The settings file of the embedded models' training runs, as frozen dataclasses that check themselves."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from ohlora.errors import OhloraError
from ohlora.evaluation.identity import IdentityConfig
from ohlora.portraits.sampling import CORE_NAMES
from segmentation.classes import REGIONS
from stylegan import GeneratorConfig


@dataclass(frozen=True)
class Phase:
    """A stretch of progressive training at one resolution: batch size and number of images."""

    resolution: int
    batch: int
    images: int

    @property
    def steps(self) -> int:
        """Optimiser steps of this phase."""
        return self.images // self.batch


@dataclass(frozen=True)
class LossWeights:
    """Factors of the generator's loss terms beside plain L1."""

    gradient: float
    coarse: float
    texture: float
    parser: float


@dataclass(frozen=True)
class GeneratorSettings:
    """How the embedded generator is trained; see `scripts/portraits.toml`."""

    resolution: int
    z_dim: int
    w_dim: int
    mapping_dim: int
    mapping_layers: int
    fmaps_base: int
    fmaps_max: int
    seed: int
    rotation_seed: int
    muon_rate: float
    adam_rate: float
    mapping_bias_rate: float
    momentum: float
    warmup_steps: int
    decay_share: float
    final_rate: float
    average_decay: float
    held_out: int
    preview_every: int
    phase: tuple[Phase, ...]
    shares: dict[str, float]
    loss: LossWeights

    def __post_init__(self) -> None:
        if set(self.shares) != set(REGIONS):
            raise OhloraError(
                f"[generator.shares] must name exactly: {', '.join(REGIONS)}; got {', '.join(self.shares)}"
            )
        if not self.phase or self.phase[-1].resolution != self.resolution:
            raise OhloraError(f"the last [[generator.phase]] must have resolution {self.resolution}")

    def config(self, z_dim: int | None = None) -> GeneratorConfig:
        """The generator's sizes; `z_dim` overrides the latent's length."""
        return GeneratorConfig(
            resolution=self.resolution,
            z_dim=z_dim or self.z_dim,
            w_dim=self.w_dim,
            mapping_dim=self.mapping_dim,
            mapping_layers=self.mapping_layers,
            fmaps_base=self.fmaps_base,
            fmaps_max=self.fmaps_max,
        )

    @property
    def total_steps(self) -> int:
        """Optimiser steps of all phases."""
        return sum(phase.steps for phase in self.phase)

    def phase_at(self, step: int) -> Phase:
        """The phase that an optimiser step belongs to; the last one from its start on."""
        for phase in self.phase[:-1]:
            if step < phase.steps:
                return phase
            step -= phase.steps
        return self.phase[-1]


@dataclass(frozen=True)
class ParserSettings:
    """How a portrait parser is trained; see `scripts/portraits.toml`."""

    widths: tuple[int, ...]
    seed: int
    batch: int
    steps: int
    rate: float
    gender: float
    average_decay: float


@dataclass(frozen=True)
class DiscriminatorSettings:
    """How the embedded discriminator is trained; see `scripts/portraits.toml`."""

    fmaps_base: int
    fmaps_max: int
    seed: int
    batch: int
    steps: int
    muon_rate: float
    adam_rate: float
    r1: float
    r1_every: int
    average_decay: float


@dataclass(frozen=True)
class IdentitySettings:
    """How the identity network is made; see `scripts/portraits.toml`.

    Attributes:
        size: Edge of the renders and of the network's input in pixels.
        widths: Channels of each level.
        dimension: Length of the embedding.
        seed: Of the weights, and of what each step draws.
        first_seed: People are numbered from here on; far from the seeds of any other training set.
        people: How many people are rendered.
        views: Renders of each.
        held_out: The first so many people are only looked at.
        batch: People of a step, with two views each.
        steps: Optimiser steps.
        rate: Highest learning rate.
        temperature: Of the contrastive loss.
        average_decay: Of the running average of the weights, which is what is kept.
        varied: Parameters that differ between the views of a person.
    """

    size: int
    widths: tuple[int, ...]
    dimension: int
    seed: int
    first_seed: int
    people: int
    views: int
    held_out: int
    batch: int
    steps: int
    rate: float
    temperature: float
    average_decay: float
    varied: tuple[str, ...]

    def __post_init__(self) -> None:
        unknown = sorted(set(self.varied) - set(CORE_NAMES))
        if unknown:
            raise OhloraError(f"[identity] varied: unknown parameter {unknown[0]!r}; known: {', '.join(CORE_NAMES)}")
        if self.views < 2 or self.people <= self.held_out:
            raise OhloraError("[identity] needs at least 2 views of each person, and more people than are held out")

    @property
    def config(self) -> IdentityConfig:
        """The network's sizes."""
        return IdentityConfig(self.size, self.widths, self.dimension)


def read_settings(path: Path, table: str) -> dict[str, Any]:
    """One top-level table of a settings file.

    Raises:
        OhloraError: the file or the table is missing.
    """
    if not path.is_file():
        raise OhloraError(f"no settings file at {path}; the project's own is scripts/portraits.toml")
    tables = tomllib.loads(path.read_text())
    if table not in tables:
        raise OhloraError(f"{path} has no table [{table}]; it has: {', '.join(tables)}")
    return dict(tables[table])


def generator_settings(path: Path) -> GeneratorSettings:
    """The `[generator]` table of a settings file."""
    values = read_settings(path, "generator")
    values["phase"] = tuple(Phase(**phase) for phase in values["phase"])
    values["loss"] = LossWeights(**values["loss"])
    return GeneratorSettings(**_known(GeneratorSettings, values))


def parser_settings(path: Path, table: str = "parser") -> ParserSettings:
    """A parser's table of a settings file."""
    values = read_settings(path, table)
    values["widths"] = tuple(values["widths"])
    return ParserSettings(**_known(ParserSettings, values))


def discriminator_settings(path: Path) -> DiscriminatorSettings:
    """The `[discriminator]` table of a settings file."""
    return DiscriminatorSettings(**_known(DiscriminatorSettings, read_settings(path, "discriminator")))


def identity_settings(path: Path) -> IdentitySettings:
    """The `[identity]` table of a settings file."""
    values = read_settings(path, "identity")
    values.update({name: tuple(value) for name, value in values.items() if isinstance(value, list)})
    return IdentitySettings(**_known(IdentitySettings, values))


def _known(kind: type, values: dict[str, Any]) -> dict[str, Any]:
    names = {field.name for field in fields(kind)}
    if names != set(values):
        odd = sorted(names ^ set(values))
        raise OhloraError(f"settings for {kind.__name__}: missing or unknown: {', '.join(odd)}")
    return values
