"""Trains the readout on the latents of labelled faces, and finds the directions that its sliders go along."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ohlora.finetuning.rarity import rarity
from ohlora.finetuning.settings import FinetuneSettings
from ohlora.sliders.conditional import ConditionalGenerator
from ohlora.sliders.latent_regressor import Readout
from ohlora.training.ema import WeightAverage
from ohlora.training.schedule import rate_at, step_random
from ohlora.training.stepped import SteppedModule
from stylegan.stylegan1.layers import pixel_norm

BATCH = 256
_PURPOSE, _DIRECTIONS = 12, 13
_RATE = 2e-3
_NOISE = 0.03
_CHECKPOINTS = 5
_SAMPLED, _AT_ONCE = 20_000, 2_000


class ReadoutTraining(SteppedModule):
    """Fits a readout from new weights; rare values count more, missing ones not at all.

    Args:
        readout: To train.
        w: `(N, w_dim)`; a tenth of them is only looked at.
        values: Attributes `(N, K)`, NaN where missing.
        settings: The run's settings.
        checkpoint: Where the state is saved.
    """

    def __init__(
        self, readout: Readout, w: Tensor, values: Tensor, settings: FinetuneSettings, checkpoint: Path | None = None
    ) -> None:
        super().__init__(settings.readout_steps, checkpoint, max(1, settings.readout_steps // _CHECKPOINTS))
        self.settings, self.readout = settings, readout
        torch.manual_seed(settings.seed)
        for module in readout.modules():
            if isinstance(module, nn.Linear):
                module.reset_parameters()
        readout.standardise(w)
        readout.requires_grad_(True)
        self.average = WeightAverage(dict(readout.named_parameters()), settings.average_decay)
        order = torch.from_numpy(step_random(settings.seed, _PURPOSE, 0).permutation(len(w)))
        self.held_out, self.kept = order[: max(1, len(w) // 10)], order[max(1, len(w) // 10) :]
        # On the CPU: a batch is small beside what would have to be moved for every process.
        self.w, self.values = w.cpu(), values.cpu()
        span = (readout.high - readout.low).cpu()
        self.importance = torch.from_numpy(rarity(((self.values - readout.low.cpu()) / span).numpy()))

    def training_step(self, _: Tensor) -> Tensor:
        """One batch; which one follows from the step."""
        random = step_random(self.settings.seed, _PURPOSE, self.step + 1)
        chosen = self.kept[torch.from_numpy(random.integers(len(self.kept), size=BATCH))]
        noise = torch.from_numpy(random.standard_normal((BATCH, self.w.shape[1]))).float()
        w, values, weight = (self.mine(part) for part in (self.w[chosen], self.values[chosen], self.importance[chosen]))
        error = self.readout.losses(w + _NOISE * self.readout.scale * self.mine(noise), values)
        loss: Tensor = (error.mean(dim=0) * weight).sum() / weight.sum().clamp_min(1e-6)
        self.log("loss", loss.detach(), prog_bar=True)
        return loss

    def after_step(self) -> None:
        """Moves the average of the weights."""
        self.average.update(dict(self.readout.named_parameters()), self.step)

    def configure_optimizers(self) -> Any:
        """AdamW with a cosine."""
        optimizer = torch.optim.AdamW(self.readout.parameters(), lr=_RATE, weight_decay=0.02)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate_at(step, self.steps))
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    @torch.no_grad()
    def finish(self) -> float:
        """Leaves the averaged weights in the readout, frozen.

        Returns:
            Mean absolute error on the tenth held out, in shares of the range.
        """
        for name, value in self.average.values().items():
            self.readout.get_parameter(name).copy_(value)
        self.readout.requires_grad_(False)
        device = self.readout.center.device
        span = self.readout.high - self.readout.low
        read, known = self.readout(self.w[self.held_out].to(device)), self.values[self.held_out].to(device)
        return float(((read - known).abs() / span).nanmean())


@torch.no_grad()
def average_directions(model: ConditionalGenerator, seed: int) -> Tensor:
    """Moves of the normed z `(K, z_dim)` that raise one slider's level by 1 and no other's, on average over faces.

    They are the least-squares fit of levels to z, inverted. Levels count up to the sliders' ends, as sliders go no further.

    Args:
        model: With a trained readout.
        seed: Of the faces.
    """
    levels, latents = [], []
    for part in range(_SAMPLED // _AT_ONCE):
        random = step_random(seed, _DIRECTIONS, part)
        z = torch.from_numpy(random.standard_normal((_AT_ONCE, model.z_dim))).float().to(model.device)
        read = model.readout.levels(model.base.mapping(z))
        levels.append(read.clamp(-model.readout.end, model.readout.end))
        latents.append(pixel_norm(z))
    # A face more or less does not tell: double precision, so that every device finds the same directions.
    x, y = torch.cat(latents).cpu().double(), torch.cat(levels).cpu().double()
    slopes = torch.linalg.lstsq(x - x.mean(dim=0), y - y.mean(dim=0)).solution
    moves: Tensor = torch.linalg.pinv(slopes).float().to(model.device)
    return moves
