"""The whole generator: z -> mapping -> w -> truncation -> ws -> synthesis -> image."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from stylegan.errors import InputError
from stylegan.stylegan1.appended import AppendedMapping
from stylegan.stylegan1.config import GeneratorConfig
from stylegan.stylegan1.mapping import MappingNetwork
from stylegan.stylegan1.synthesis import NoiseMode, SynthesisNetwork, UpsampleMode
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
    def num_layers(self) -> int:
        """Number of layers L that each take a w."""
        return self.config.num_layers

    def forward(
        self,
        z: Tensor,
        labels: Tensor | None = None,
        *,
        truncation_psi: float = 1.0,
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
            truncation_psi: 1 for the full spread, 0 for the average image.
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
        w = self.mapping(z, labels)
        if style_mixing_prob > 0.0:
            other = self.mapping(torch.randn_like(z), labels)
            active = self.num_layers - 2 * math.floor(float(self.synthesis.lod) if lod is None else lod)
            w = mix_styles(w, other, self.num_layers, probability=style_mixing_prob, active_layers=active)
        ws = self.truncate(w, truncation_psi, truncation_layers)
        image: Tensor = self.synthesis(ws, lod=lod, noise=noise, upscale=upscale)
        return image

    def truncate(self, w: Tensor, psi: float, layers: int | None = None) -> Tensor:
        """Spreads w `(B, w_dim)` over the layers, truncated: ws `(B, L, w_dim)`, see `Truncation.forward`."""
        ws: Tensor = self.truncation(w, psi, layers)
        return ws

    def appended_mapping(self, elements: int) -> AppendedMapping:
        """A copy of the mapping network that reads so many further elements beside z, see `AppendedMapping`."""
        return AppendedMapping(self.mapping, elements)

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
