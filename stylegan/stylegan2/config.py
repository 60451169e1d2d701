"""Settings of StyleGAN2's networks: what their arithmetic needs beside the weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stylegan.errors import ConfigError
from stylegan.settings import Settings

FEWEST_BLOCKS, MOST_BLOCKS = 2, 9


@dataclass(frozen=True, kw_only=True)
class MappedConfig(Settings):
    """What generators with this mapping network share, StyleGAN3's among them.

    Attributes:
        z_dim: Length of the input vector z.
        w_dim: Length of the intermediate vector w.
        mapping_dim: Width of the hidden layers of the mapping network.
        mapping_layers: Number of dense layers of the mapping network.
        label_size: Length of the label vector; 0 for an unconditional generator.
        label_dim: Length that a label is embedded to; None for `w_dim`, as published.
        image_channels: 3 for RGB.
        conv_clamp: Limit of the activations' size; None for none.
    """

    z_dim: int = 512
    w_dim: int = 512
    mapping_dim: int = 512
    mapping_layers: int = 8
    label_size: int = 0
    label_dim: int | None = None
    image_channels: int = 3
    conv_clamp: float | None = None

    def __post_init__(self) -> None:
        sizes = ("z_dim", "w_dim", "mapping_dim", "mapping_layers", "image_channels")
        optional = () if self.label_dim is None else ("label_dim",)
        self._require_whole_numbers(*sizes, "label_size", *optional)
        self._require_at_least(1, *sizes, *optional)
        self._require_at_least(0, "label_size")
        check_clamp(self.conv_clamp)

    @property
    def embedding_dim(self) -> int:
        """Length of the embedded label that is appended to z; 0 for an unconditional generator."""
        return (self.label_dim or self.w_dim) if self.label_size else 0


@dataclass(frozen=True, kw_only=True)
class GeneratorConfig(MappedConfig):
    """Sizes of a generator.

    Attributes:
        channels: Number of channels at 4x4, 8x8 and so on up to the image's resolution.
    """

    channels: tuple[int, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "channels", checked_channels(self.channels))

    @property
    def resolution(self) -> int:
        """Side of the square image in pixels."""
        return 2 << len(self.channels)

    @property
    def num_ws(self) -> int:
        """Number of vectors w that the synthesis network takes: one for each convolution, one for the last to-RGB."""
        return 2 * len(self.channels)


@dataclass(frozen=True, kw_only=True)
class DiscriminatorConfig(Settings):
    """Sizes of a discriminator.

    Attributes:
        channels: Number of channels at 4x4, 8x8 and so on up to the image's resolution.
        image_channels: 3 for RGB.
        label_size: Length of the label vector; 0 for an unconditional discriminator.
        label_dim: Length that a label is mapped to; None for the channels at 4x4.
        mapping_layers: Number of dense layers after the embedding of a label.
        minibatch_group: Images per group of the minibatch deviation; None for the whole batch, 0 or 1 without that channel.
        conv_clamp: Limit of the activations' size; None for none.
    """

    channels: tuple[int, ...]
    image_channels: int = 3
    label_size: int = 0
    label_dim: int | None = None
    mapping_layers: int = 8
    minibatch_group: int | None = 4
    conv_clamp: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "channels", checked_channels(self.channels))
        optional = tuple(name for name in ("label_dim", "minibatch_group") if getattr(self, name) is not None)
        self._require_whole_numbers("image_channels", "label_size", "mapping_layers", *optional)
        self._require_at_least(1, "image_channels")
        self._require_at_least(0, "label_size", "mapping_layers", *optional)
        check_clamp(self.conv_clamp)

    @property
    def resolution(self) -> int:
        """Side of the square image in pixels."""
        return 2 << len(self.channels)

    @property
    def outputs(self) -> int:
        """What the last layer gives: a score, or as many numbers as a label is mapped to."""
        return (self.label_dim or self.channels[0]) if self.label_size else 1


def checked_channels(channels: Sequence[int]) -> tuple[int, ...]:
    """Channels per resolution as a tuple.

    Raises:
        ConfigError: They are no list of whole numbers above 0, or too few or too many.
    """
    if not isinstance(channels, (list, tuple)) or not all(type(count) is int and count > 0 for count in channels):
        raise ConfigError(f"channels must be a list of whole numbers above 0, got {channels!r}")
    if not FEWEST_BLOCKS <= len(channels) <= MOST_BLOCKS:
        raise ConfigError(
            f"channels must be given for {FEWEST_BLOCKS} to {MOST_BLOCKS} resolutions from 4 on, got {len(channels)}"
        )
    return tuple(channels)


def check_clamp(clamp: object) -> None:
    """Holds a limit of activations to be None or a number above 0.

    Raises:
        ConfigError: It is something else.
    """
    is_number = isinstance(clamp, (int, float)) and not isinstance(clamp, bool) and clamp > 0
    if clamp is not None and not is_number:
        raise ConfigError(f"conv_clamp must be a number above 0 or absent, got {clamp!r}")
