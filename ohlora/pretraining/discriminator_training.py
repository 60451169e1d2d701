"""The embedded discriminator's training: it learns to tell the finished generator's faces from renders.

The non-saturating logistic loss with a gradient penalty on real images (R1: Mescheder, Geiger and Nowozin, 2018), computed
every few steps (lazily: Karras et al., 2020).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ohlora.device import autocast
from ohlora.pretraining.render_shards import PortraitShards
from ohlora.pretraining.settings import DiscriminatorSettings
from ohlora.training.ema import Ema
from ohlora.training.muon import MuonAdam
from ohlora.training.stepped import SteppedModule
from stylegan import Discriminator, Generator, build_discriminator
from stylegan.layers import EqualizedWeight


class DiscriminatorTraining(SteppedModule):
    """Trains a discriminator against a frozen generator; batches are functions of the step.

    Args:
        settings: the run's settings.
        data: the renders.
        generator: what it learns to tell from them.
        start: a trained discriminator to go on from, None to start anew.
        dtype: what the networks compute in.
    """

    def __init__(
        self,
        settings: DiscriminatorSettings,
        data: PortraitShards,
        generator: Generator,
        start: Discriminator | None = None,
        dtype: torch.dtype = torch.bfloat16,
    ) -> None:
        super().__init__(settings.steps)
        self.settings, self.data, self.dtype_used = settings, data, dtype
        torch.manual_seed(settings.seed)
        self.discriminator = build_discriminator(
            resolution=generator.config.resolution, fmaps_base=settings.fmaps_base, fmaps_max=settings.fmaps_max
        ).to(memory_format=torch.channels_last)
        if start is not None:
            self.discriminator.load_state_dict(start.state_dict())
        self.ema = Ema(dict(self.discriminator.named_parameters()), settings.average_decay)
        # In a list, so that checkpoints don't hold the frozen generator.
        self._generator = [generator.eval().requires_grad_(False).to(memory_format=torch.channels_last)]

    def training_step(self, _: Tensor) -> Tensor:
        """One batch of renders and one of generated faces."""
        s = self.settings
        rng = np.random.default_rng([s.seed, self.step])
        indices = rng.integers(len(self.data), size=s.batch)
        real = torch.from_numpy(self.data.images[indices]).to(self.device).permute(0, 3, 1, 2).float() / 127.5 - 1.0
        generator = self._generator[0].to(self.device)
        z = torch.from_numpy(rng.standard_normal((s.batch, generator.config.z_dim), dtype=np.float32)).to(self.device)
        with autocast(self.device, self.dtype_used):
            with torch.no_grad():
                fake = generator(z)
            score_real, score_fake = self.discriminator(real), self.discriminator(fake)
        loss = F.softplus(-score_real.float()).mean() + F.softplus(score_fake.float()).mean()
        right = 0.5 * ((score_real > 0).float().mean() + (score_fake < 0).float().mean())
        self.log_dict({"loss": loss.detach(), "right": right.detach()}, prog_bar=True)
        if self.step % s.r1_every == 0:
            loss = loss + 0.5 * s.r1 * s.r1_every * self._gradient_penalty(real)
        return loss

    def _gradient_penalty(self, real: Tensor) -> Tensor:
        real = real.detach().requires_grad_(True)
        scores = self.discriminator(real)
        (gradient,) = torch.autograd.grad(scores.sum(), real, create_graph=True)
        return gradient.square().sum(dim=(1, 2, 3)).mean()

    def after_step(self) -> None:
        """Moves the average of the weights."""
        self.ema.update(dict(self.discriminator.named_parameters()), self.step)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Muon on the matrices and convolutions, Adam on the rest: with Adam alone it stayed at chance for 250 steps."""
        layers = {id(m.weight): m.scale for m in self.discriminator.modules() if isinstance(m, EqualizedWeight)}
        groups: list[dict[str, Any]] = []
        rest = []
        for parameter in self.discriminator.parameters():
            if id(parameter) in layers:
                scale = layers[id(parameter)]
                groups.append({"params": [parameter], "muon": True, "lr": self.settings.muon_rate, "scale": scale})
            else:
                rest.append(parameter)
        return MuonAdam([*groups, {"params": rest, "lr": self.settings.adam_rate, "betas": (0.0, 0.99)}])
