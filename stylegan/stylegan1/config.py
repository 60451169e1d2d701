"""Settings of the two networks: frozen, validated, convertible to and from plain dictionaries."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

from stylegan.errors import ConfigError
from stylegan.settings import Settings

MIN_RESOLUTION = 8
MAX_RESOLUTION = 1024


def feature_maps(resolution: int, base: int, maximum: int) -> int:
    """Number of channels that layers at `resolution` have: `min(base // resolution, maximum)`.

    Args:
        resolution: Side of the feature map in pixels.
        base: Channels times resolution where the maximum does not bind.
        maximum: Upper limit.
    """
    return min(base // resolution, maximum)


@dataclass(frozen=True)
class _NetworkConfig(Settings):
    """What both networks share: the size of the pyramid and its channels."""

    resolution: int = 256
    fmaps_base: int = 16384
    fmaps_max: int = 512
    image_channels: int = 3
    label_size: int = 0

    def __post_init__(self) -> None:
        fields = dataclasses.fields(self)
        given = (f for f in fields if f.default is not None or getattr(self, f.name) is not None)
        self._require_whole_numbers(*(field.name for field in given))
        resolution = self.resolution
        if not MIN_RESOLUTION <= resolution <= MAX_RESOLUTION or resolution & (resolution - 1):
            raise ConfigError(
                f"resolution must be a power of two from {MIN_RESOLUTION} to {MAX_RESOLUTION}, got {resolution}"
            )
        self._require_at_least(1, "fmaps_max", "image_channels")
        self._require_at_least(0, "label_size")
        if self.fmaps_base < resolution:
            raise ConfigError(f"fmaps_base must be at least the resolution {resolution}, got {self.fmaps_base}")

    @property
    def num_blocks(self) -> int:
        """Number of resolutions from 4x4 to the full size."""
        return int(math.log2(self.resolution)) - 1

    def channels(self, resolution: int) -> int:
        """Number of channels at `resolution` pixels."""
        return feature_maps(resolution, self.fmaps_base, self.fmaps_max)


@dataclass(frozen=True)
class GeneratorConfig(_NetworkConfig):
    """Sizes of a generator.

    Attributes:
        resolution: Side of the square image in pixels, a power of two from 8 to 1024.
        fmaps_base: Channels times resolution where `fmaps_max` does not bind.
        fmaps_max: Most channels of any layer.
        image_channels: 3 for RGB.
        label_size: Length of the label vector; 0 for an unconditional generator.
        z_dim: Length of the input vector z.
        w_dim: Length of the intermediate vector w.
        mapping_dim: Width of the hidden layers of the mapping network.
        mapping_layers: Number of dense layers of the mapping network.
        label_dim: Length the label is embedded to; None for `z_dim` (GenForce), 16 in Oh-LoRA's generators.
    """

    z_dim: int = 512
    w_dim: int = 512
    mapping_dim: int = 512
    mapping_layers: int = 8
    label_dim: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self._require_at_least(1, "z_dim", "w_dim", "mapping_dim", "mapping_layers")
        if self.label_dim is not None:
            self._require_at_least(1, "label_dim")

    @property
    def num_layers(self) -> int:
        """Number of styled layers, two per resolution."""
        return 2 * self.num_blocks

    @property
    def embedding_dim(self) -> int:
        """Length of the embedded label that is appended to z; 0 for an unconditional generator."""
        if self.label_size == 0:
            return 0
        return self.z_dim if self.label_dim is None else self.label_dim


@dataclass(frozen=True)
class DiscriminatorConfig(_NetworkConfig):
    """Sizes of a discriminator.

    Attributes:
        resolution: Side of the square image in pixels, a power of two from 8 to 1024.
        fmaps_base: Channels times resolution where `fmaps_max` does not bind.
        fmaps_max: Most channels of any layer.
        image_channels: 3 for RGB.
        label_size: Length of the label vector; 0 for an unconditional discriminator.
        minibatch_group: Images per group of the minibatch deviation; 0 or 1 leaves that channel out.
    """

    minibatch_group: int = 4

    def __post_init__(self) -> None:
        super().__post_init__()
        self._require_at_least(0, "minibatch_group")
