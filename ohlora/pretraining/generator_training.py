"""The embedded generator's training: it learns to draw the render that belongs to a latent vector.

A portrait's 46 uniform numbers become normal scores c; the mapping network's first layer sees them directly. When the
trained generator is exported, a fixed random rotation of the 512-dimensional latent space is folded into that layer: c becomes
the projection of the normalised z on 46 orthonormal directions, and no element of z is a parameter.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn

from ohlora.device import autocast
from ohlora.pretraining.losses import coarse_l1, gradient_l1, region_weights, texture_l1, weighted_l1
from ohlora.pretraining.render_shards import PortraitShards
from ohlora.pretraining.settings import GeneratorSettings, Phase
from ohlora.training.ema import Ema
from ohlora.training.muon import MuonAdam
from ohlora.training.schedule import scheduled
from ohlora.training.stepped import SteppedModule
from segmentation.unet.network import PortraitParser
from stylegan import Generator, build_generator
from stylegan.layers import leaky_relu

_FIRST = "mapping.dense0.weight"


class Distillation(SteppedModule):
    """Trains a generator to reproduce renders, progressively from small to full resolution.

    Args:
        settings: the run's settings.
        data: the training set, None to load a checkpoint for export.
        loss_parser: a frozen parser whose cross-entropy on generated images joins the loss, or None.
        previews: folder of the pictures of held-out faces, or None.
        start: an exported generator to train further, None to start anew.
        dtype: what the networks compute in.
    """

    def __init__(
        self,
        settings: GeneratorSettings,
        data: PortraitShards | None,
        loss_parser: PortraitParser | None = None,
        previews: Path | None = None,
        start: Generator | None = None,
        dtype: torch.dtype = torch.bfloat16,
    ) -> None:
        super().__init__(settings.total_steps, checkpoint_every=200)
        self.settings, self.data, self.previews, self.dtype_used = settings, data, previews, dtype
        torch.manual_seed(settings.seed)
        coordinates = 46 if data is None else data.coordinates.shape[1]
        if start is None:
            generator = build_generator(settings.config(z_dim=coordinates))
            _start(generator)
        else:
            generator = unfold_rotation(start, settings, coordinates)
        self.generator = generator.to(memory_format=torch.channels_last)
        self.ema = Ema(dict(self.generator.named_parameters()), settings.average_decay)
        # In a list, so that neither checkpoints nor the optimiser see the frozen parser.
        self._loss_parser = [] if loss_parser is None else [loss_parser.eval().requires_grad_(False)]
        self._losses: Any = None
        self._phase: Phase | None = None

    def coordinates_to_ws(self, generator: Generator, coordinates: Tensor) -> Tensor:
        """Ws (B, L, w_dim) of normal scores (B, 46), without the pixel norm that the exported generator has."""
        w = coordinates
        for index in range(generator.mapping.num_layers):
            w = leaky_relu(getattr(generator.mapping, f"dense{index}")(w))
        return w[:, None].expand(-1, generator.num_ws, -1)

    def batch(self, step: int, phase: Phase) -> tuple[Tensor, Tensor, Tensor]:
        """Coordinates, images in [-1, 1] and labels of a step: a function of the step alone, so that resumed runs see the same."""
        assert self.data is not None
        rng = np.random.default_rng([self.settings.seed, step])
        return self._load(rng.integers(self.settings.held_out, len(self.data), size=phase.batch), phase.resolution)

    def _load(self, indices: np.ndarray[Any, Any], resolution: int) -> tuple[Tensor, Tensor, Tensor]:
        assert self.data is not None
        factor = self.settings.resolution // resolution
        images = torch.from_numpy(self.data.images[indices]).to(self.device).permute(0, 3, 1, 2).float() / 127.5 - 1.0
        labels = torch.from_numpy(self.data.labels[indices]).to(self.device)
        coordinates = torch.from_numpy(self.data.coordinates[indices]).to(self.device)
        if factor > 1:
            images, labels = F.avg_pool2d(images, factor), labels[:, factor // 2 :: factor, factor // 2 :: factor]
        return coordinates, images, labels

    def _compute_losses(
        self, ws: Tensor, images: Tensor, weights: Tensor, labels: Tensor, lod: float
    ) -> dict[str, Tensor]:
        with autocast(self.device, self.dtype_used):
            fake = self.generator.synthesis(ws, lod=lod, noise="none", upscale=False)
        fake = fake.float()
        difference = fake - images
        losses = {
            "l1": weighted_l1(difference, weights),
            "gradient": gradient_l1(difference, weights),
            "coarse": coarse_l1(difference),
            "texture": texture_l1(fake, images, weights),
        }
        if self._loss_parser and self.settings.loss.parser > 0.0 and lod == 0.0:
            with autocast(self.device, self.dtype_used):
                logits = self._loss_parser[0](fake)["segmentation"]
            losses["parser"] = (F.cross_entropy(logits.float(), labels.long(), reduction="none") * weights[:, 0]).mean()
        return losses

    def training_step(self, _: Tensor) -> Tensor:
        """One batch; which one follows from the step."""
        phase = self.settings.phase_at(self.step)
        if phase is not self._phase:
            self._phase = phase
            torch._dynamo.reset()
            self._losses = torch.compile(self._compute_losses)
        coordinates, images, labels = self.batch(self.step, phase)
        weights = region_weights(labels, self.settings.shares)
        lod = math.log2(self.settings.resolution // phase.resolution)
        losses = self._losses(self.coordinates_to_ws(self.generator, coordinates), images, weights, labels, lod)
        factors = {"l1": 1.0, **vars(self.settings.loss)}
        total = torch.stack([factors[name] * value for name, value in losses.items()]).sum()
        self.log_dict({name: value.detach() for name, value in losses.items()})
        self.log("loss", total.detach(), prog_bar=True)
        self.log("resolution", float(phase.resolution), prog_bar=True)
        return total

    def after_step(self) -> None:
        """Moves the average; now and then shows held-out faces."""
        self.ema.update(dict(self.generator.named_parameters()), self.step)
        if self.step % self.settings.preview_every == 0:
            self.preview()

    @torch.no_grad()
    def preview(self) -> None:
        """Log the average generator's error on held-out renders, and write truth above generated faces as a picture."""
        phase = self.settings.phase_at(max(self.step - 1, 0))
        lod = math.log2(self.settings.resolution // phase.resolution)
        average, errors = self.ema.averaged(self.generator), []
        for first in range(0, self.settings.held_out, 32):
            coordinates, images, labels = self._load(np.arange(first, first + 32), phase.resolution)
            with autocast(self.device, self.dtype_used):
                ws = self.coordinates_to_ws(average, coordinates)
                fake = average.synthesis(ws, lod=lod, noise="none", upscale=False).float()
            errors.append(float(weighted_l1(fake - images, region_weights(labels, self.settings.shares))))
            if first == 0 and self.previews is not None:
                self.previews.mkdir(parents=True, exist_ok=True)
                rows = [torch.cat(list(part[k : k + 8]), dim=2) for k in (0, 8) for part in (images, fake)]
                grid = ((torch.cat(rows, dim=1).clamp(-1, 1) + 1) * 127.5).byte().permute(1, 2, 0).cpu().numpy()
                Image.fromarray(grid).save(self.previews / f"step{self.step:06d}.png")
        self.log("held_out_l1", float(np.mean(errors)), prog_bar=True)

    def configure_optimizers(self) -> Any:
        """Muon on convolutions, style and mapping matrices; Adam on the rest; warm-up, then a cosine at the end."""
        s = self.settings
        optimizer = MuonAdam(parameter_groups(self.generator, s), momentum=s.momentum)
        hold = 1.0 - s.decay_share
        return scheduled(optimizer, s.total_steps, s.warmup_steps, s.final_rate, hold)


def _start(generator: Generator) -> None:
    """Small to-RGB weights and a random constant: without them training fell into a fixed coloured droplet."""
    with torch.no_grad():
        for name, parameter in generator.synthesis.named_parameters():
            if name.startswith("output"):
                parameter.mul_(0.15)
        nn.init.normal_(generator.synthesis.layer0.const)  # type: ignore[union-attr, arg-type]


def parameter_groups(generator: Generator, settings: GeneratorSettings) -> list[dict[str, Any]]:
    """Optimiser groups: each matrix alone with its run-time scale, biases and the like together."""
    groups: list[dict[str, Any]] = []
    rest: list[nn.Parameter] = []
    mapping_biases: list[nn.Parameter] = []
    scales = {id(m.weight): m.scale for m in generator.modules() if hasattr(m, "scale") and hasattr(m, "weight")}
    for name, parameter in generator.named_parameters():
        if id(parameter) in scales and ".output" not in name:
            groups.append(
                {"params": [parameter], "muon": True, "lr": settings.muon_rate, "scale": scales[id(parameter)]}
            )
        elif name.startswith("mapping."):
            mapping_biases.append(parameter)
        else:
            rest.append(parameter)
    groups.append({"params": rest, "lr": settings.adam_rate})
    groups.append({"params": mapping_biases, "lr": settings.mapping_bias_rate})
    return groups


def latent_rotation(settings: GeneratorSettings, coordinates: int) -> Tensor:
    """The fixed orthonormal directions (coordinates, z_dim) of z that drive the portraits' parameters."""
    normal = np.random.default_rng(settings.rotation_seed).standard_normal((settings.z_dim, settings.z_dim))
    q, r = np.linalg.qr(normal)
    return torch.from_numpy((q * np.sign(np.diag(r)))[:coordinates]).float()


def fold_rotation(average: Generator, settings: GeneratorSettings) -> Generator:
    """The trained generator as an ordinary one of `settings.z_dim` latent dimensions.

    The first mapping layer's weight A (h, 46) becomes A R, with R (46, z_dim) the first rows of a fixed random rotation,
    rescaled for the larger fan-in of the equalised learning rate.
    """
    coordinates = average.config.z_dim
    result = build_generator(settings.config())
    state = average.state_dict()
    fan_in = math.sqrt(settings.z_dim / coordinates)
    state[_FIRST] = state[_FIRST] @ latent_rotation(settings, coordinates) * fan_in
    result.load_state_dict(state)
    return result


def unfold_rotation(exported: Generator, settings: GeneratorSettings, coordinates: int) -> Generator:
    """The inverse of `fold_rotation`: an exported generator as training holds it, to train it further."""
    result = build_generator(settings.config(z_dim=coordinates))
    state = exported.state_dict()
    fan_in = math.sqrt(settings.z_dim / coordinates)
    state[_FIRST] = state[_FIRST] @ latent_rotation(settings, coordinates).T / fan_in
    result.load_state_dict(state)
    return result
