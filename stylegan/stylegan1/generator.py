"""StyleGAN's generator, which holds `stylegan.generator.GeneratorNetwork`.

    z -> mapping -> w -> truncation -> ws -> synthesis -> image

Users take the three steps one by one through the contract. `forward` takes them in one, with what training needs beside:
levels of detail and style mixing.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from stylegan.appended import AppendedMapping
from stylegan.errors import InputError
from stylegan.generator import NoiseMode
from stylegan.stylegan1.config import DiscriminatorConfig, GeneratorConfig
from stylegan.stylegan1.discriminator import Discriminator
from stylegan.stylegan1.mapping import MappingNetwork
from stylegan.stylegan1.styled_layers import UpsampleMode
from stylegan.stylegan1.synthesis import SynthesisNetwork
from stylegan.stylegan1.truncation import W_AVG_DECAY, Truncation


class Generator(nn.Module):
    """StyleGAN generator with the state-dict layout of published GenForce weights.

    Args:
        config: Sizes; None for the published 256x256 ones.
        upsample: How the synthesis doubles resolutions, see `SynthesisNetwork`.
    """

    def __init__(self, config: GeneratorConfig | None = None, *, upsample: UpsampleMode = "fused") -> None:
        super().__init__()
        self.config = config or GeneratorConfig()
        self.mapping = MappingNetwork(self.config)
        self.truncation = Truncation(self.config.w_dim, self.config.num_layers)
        self.synthesis = SynthesisNetwork(self.config, upsample)

    @property
    def z_dim(self) -> int:
        """Length of the latent z."""
        return self.config.z_dim

    @property
    def w_dim(self) -> int:
        """Length of the intermediate latent w."""
        return self.config.w_dim

    @property
    def num_ws(self) -> int:
        """Number of synthesis layers L that each take a w."""
        return self.config.num_layers

    @property
    def resolution(self) -> int:
        """Side of an image in pixels."""
        return self.config.resolution

    @property
    def image_channels(self) -> int:
        """Channels of an image: 3 for RGB."""
        return self.config.image_channels

    @property
    def label_size(self) -> int:
        """Length of the label vector; 0 for an unconditional generator."""
        return self.config.label_size

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.average_w.device

    @property
    def average_w(self) -> Tensor:
        """The moving average of w, `(w_dim,)`, which truncation pulls towards."""
        return self.truncation.w_avg

    def forward(
        self,
        z: Tensor,
        labels: Tensor | None = None,
        *,
        truncation_psi: float | Tensor = 1.0,
        truncation_layers: int | None = None,
        lod: float | None = 0.0,
        noise: NoiseMode = "stored",
        style_mixing_prob: float = 0.0,
        upscale: bool = True,
    ) -> Tensor:
        """Draws images from latent vectors.

        The moving average of w is not touched; a training loop calls `update_w_avg`.

        Args:
            z: Latent vectors `(B, z_dim)`, usually from N(0, I).
            labels: Labels `(B, label_size)` for a conditional generator, else None.
            truncation_psi: 1 for the full spread, 0 for the average image; one for all, or `(B, 1)`.
            truncation_layers: Number of coarse layers that are truncated; None for all.
            lod: Level of detail, see `SynthesisNetwork.forward`.
            noise: "stored", "fresh" or "none".
            style_mixing_prob: Probability, per image, that the layers from a random one on take the w of a second,
                fresh z; 0.9 in the published training.
            upscale: Whether an image of a higher lod is repeated to the full size.

        Returns:
            RGB images `(B, 3, R, R)`, float, made for [-1, 1], not clamped.

        Raises:
            InputError: When a shape or option does not fit.
        """
        w = self.map(z, labels)
        if style_mixing_prob > 0.0:
            other = self.map(torch.randn_like(z), labels)
            active = self.num_ws - 2 * math.floor(float(self.synthesis.lod) if lod is None else lod)
            w = mix_styles(w, other, self.num_ws, probability=style_mixing_prob, active_layers=active)
        ws = self.truncate(w, truncation_psi, truncation_layers)
        image: Tensor = self.synthesis(ws, lod=lod, noise=noise, upscale=upscale)
        return image

    def map(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Returns w `(B, w_dim)` of latents `(B, z_dim)` and labels `(B, label_size)`, see `MappingNetwork.forward`."""
        w: Tensor = self.mapping(z, labels)
        return w

    def truncate(self, w: Tensor, psi: float | Tensor, layers: int | None = None) -> Tensor:
        """Spreads w `(B, w_dim)` over the layers, truncated: ws `(B, L, w_dim)`, see `Truncation.forward`."""
        ws: Tensor = self.truncation(w, psi, layers)
        return ws

    def synthesise(self, ws: Tensor, *, noise: NoiseMode = "stored", start: tuple[int, Tensor] | None = None) -> Tensor:
        """Images `(B, 3, R, R)` of ws `(B, L, w_dim)` at the stored level of detail, see `SynthesisNetwork.forward`."""
        # A number instead of the buffer, which would break a compiled network into two.
        image: Tensor = self.synthesis(ws, float(self.synthesis.lod), noise, start=start)
        return image

    def features(self, ws: Tensor, layer: int, *, noise: NoiseMode = "stored") -> Tensor:
        """Feature maps `(B, C, S, S)` after a synthesis layer, see `SynthesisNetwork.features`."""
        return self.synthesis.features(ws, layer, noise)

    def compile_synthesis(self) -> None:
        """Compiles the synthesis network in place, which pays off for thousands of images in batches of one size."""
        # Weights that are constants are laid out and folded once, which makes half of the gain on a CPU.
        self.synthesis.compile(options={"freezing": True})

    def appended_mapping(self, elements: int) -> AppendedMapping:
        """A copy of the mapping network that reads so many further elements beside z, see `AppendedMapping`."""
        if self.label_size:
            raise InputError(f"expected a generator without labels, got one with {self.label_size}")
        return AppendedMapping(self.mapping.dense_layers(), elements)

    def new_discriminator(self, label_size: int) -> Discriminator:
        """An untrained discriminator of the same resolution and channels, which judges each image alone."""
        sizes = self.config
        return Discriminator(
            DiscriminatorConfig(
                sizes.resolution, sizes.fmaps_base, sizes.fmaps_max, sizes.image_channels, label_size, minibatch_group=0
            )
        )

    def update_w_avg(self, w: Tensor, decay: float = W_AVG_DECAY) -> None:
        """Moves the average of w towards the mean of a batch `(B, w_dim)`, see `Truncation.update`."""
        self.truncation.update(w, decay)


def mix_styles(
    w: Tensor, other: Tensor, num_layers: int, *, probability: float, active_layers: int | None = None
) -> Tensor:
    """Style mixing: some images take another w from a random layer on (Karras et al. 2019, section 3.1).

    Args:
        w: First vectors `(B, w_dim)`.
        other: Second vectors `(B, w_dim)`.
        num_layers: Number of layers L.
        probability: Probability in [0, 1] that an image is mixed at all.
        active_layers: Number of layers that are drawn at the present level of detail; the change falls among them.

    Returns:
        ws `(B, L, w_dim)`; the first layer always keeps `w`.

    Raises:
        InputError: When the probability is not in [0, 1].
    """
    if not 0.0 <= probability <= 1.0:
        raise InputError(f"style_mixing_prob must lie between 0 and 1, got {probability}")
    batch, device = w.shape[0], w.device
    start = torch.randint(1, active_layers or num_layers, (batch, 1, 1), device=device)
    unmixed = torch.rand(batch, 1, 1, device=device) >= probability
    layer = torch.arange(num_layers, device=device).view(1, -1, 1)
    return torch.where((layer < start) | unmixed, w.unsqueeze(1), other.unsqueeze(1))
