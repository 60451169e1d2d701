"""Settings of StyleGAN3's generator, and the geometry of its layers that follows from them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from stylegan.errors import ConfigError
from stylegan.stylegan2.config import MappedConfig

MIN_RESOLUTION, MAX_RESOLUTION = 16, 2048
MOST = 64


@dataclass(frozen=True)
class LayerGeometry:
    """How a layer samples its maps (Karras et al. 2021, section 3.2, and its supplement's table).

    Attributes:
        cutoff: Highest frequency that is let through, in periods over the image's side.
        half_width: Half of the width of the filters' transition, in the same unit.
        rate: Samples over the image's side.
        size: Side of the map in samples, its margin included.
    """

    cutoff: float
    half_width: float
    rate: int
    size: int


@dataclass(frozen=True, kw_only=True)
class GeneratorConfig(MappedConfig):
    """Sizes of a generator.

    Attributes:
        resolution: Side of the square image in pixels, a power of two.
        channels: Outputs of the layers 0 to N, of which the last are the image's.
        kernel: Side of the convolutions: 3 in T, 1 in R.
        radial: Whether down-sampling filters are radially symmetric, as in R.
        num_critical: Number of layers before the last whose cutoff is the image's own.
        first_cutoff: Cutoff of the first layer, in periods over the image's side.
        first_stopband: Stopband of the first layer, same unit.
        last_stopband_rel: Stopband of the last layers, relative to their cutoff.
        margin: Samples around the image on each side.
        filter_size: Taps of a filter per factor of resampling.
        inner_upsampling: Sampling rate around the activation, relative to the layer's.
        output_scale: Factor of the image.
    """

    resolution: int
    channels: tuple[int, ...]
    kernel: int = 3
    radial: bool = False
    num_critical: int = 2
    first_cutoff: float = 2.0
    first_stopband: float = 2.0**2.1
    last_stopband_rel: float = 2.0**0.3
    margin: int = 10
    filter_size: int = 6
    inner_upsampling: int = 2
    output_scale: float = 0.25
    mapping_layers: int = 2
    conv_clamp: float | None = 256.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.channels, (list, tuple)) or len(self.channels) < 4:
            raise ConfigError(
                f"channels must be a list of one number for each layer, at least 4, got {self.channels!r}"
            )
        if not all(type(count) is int and count > 0 for count in self.channels):
            raise ConfigError(f"channels must be whole numbers above 0, got {self.channels!r}")
        object.__setattr__(self, "channels", tuple(self.channels))
        whole = ("resolution", "kernel", "num_critical", "margin", "filter_size", "inner_upsampling")
        self._require_whole_numbers(*whole)
        self._require_at_least(0, "margin", "num_critical")
        self._require_at_least(1, "kernel", "filter_size", "inner_upsampling")
        # A file could ask for filters that fill the memory before any of its weights is looked at.
        self._require_at_most(MOST, "kernel", "filter_size", "inner_upsampling", "margin")
        self._require_numbers("first_cutoff", "first_stopband", "last_stopband_rel", "output_scale")
        side = self.resolution
        if not MIN_RESOLUTION <= side <= MAX_RESOLUTION or side & (side - 1):
            raise ConfigError(
                f"resolution must be a power of two from {MIN_RESOLUTION} to {MAX_RESOLUTION}, got {side}"
            )
        if self.num_critical >= self.last:
            raise ConfigError(
                f"num_critical must be below the last layer's number {self.last}, got {self.num_critical}"
            )
        if not (0.0 < self.first_cutoff < self.first_stopband and self.last_stopband_rel > 1.0):
            raise ConfigError("first_cutoff must lie above 0 and below first_stopband, and last_stopband_rel above 1")

    @property
    def last(self) -> int:
        """Number N of the last layer, to-RGB."""
        return len(self.channels) - 1

    @property
    def num_ws(self) -> int:
        """Number of vectors w that the synthesis network takes: one for the Fourier features, one for each layer."""
        return len(self.channels) + 1

    def geometry(self, index: int) -> LayerGeometry:
        """The sampling of what layer `index` gives; 0 is also that of the Fourier features."""
        exponent = min(index / (self.last - self.num_critical), 1.0)
        last_cutoff = self.resolution / 2
        cutoff = self.first_cutoff * (last_cutoff / self.first_cutoff) ** exponent
        stopband = self.first_stopband * (last_cutoff * self.last_stopband_rel / self.first_stopband) ** exponent
        rate = int(2 ** math.ceil(math.log2(min(2.0 * stopband, self.resolution))))
        is_cropped = index >= self.last - 1
        size = self.resolution if is_cropped else rate + 2 * self.margin
        return LayerGeometry(cutoff, max(stopband, rate / 2) - cutoff, rate, size)

    def is_critical(self, index: int) -> bool:
        """Whether a layer's cutoff is half of its sampling rate, where radial filters are not used."""
        return index >= self.last - self.num_critical

    def layer_name(self, index: int) -> str:
        """What the entries of a layer begin with: its number, the side of its map, its channels."""
        return f"L{index}_{self.geometry(index).size}_{self.channels[index]}"
