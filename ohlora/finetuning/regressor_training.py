"""Fits the latent regressor to labelled latents, and finds the directions that attributes follow on average.

The regressor sees w with a little noise, and rare labels more often than common ones. Its weights are new in every fit: more
faces of other kinds change more than a warm start would give up. What is kept is the moving average.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from ohlora.finetuning.sampling import inverse_frequency_weights
from ohlora.finetuning.settings import FinetuneSettings
from ohlora.sliders.latent_regressor import LatentRegressor
from ohlora.training.ema import Ema
from ohlora.training.schedule import scheduled, step_random
from ohlora.training.stepped import SteppedModule
from stylegan import GeneratorNetwork

BATCH = 256
_STREAM, _DIRECTIONS = 12, 13
_RATE = 2e-3
_NOISE = 0.03
_CHECKPOINTS = 5
_SAMPLED, _AT_ONCE = 20_000, 2_000


class RegressorTraining(SteppedModule):
    """Fits a latent regressor from new weights; missing labels do not count.

    Args:
        regressor: To train.
        w: `(N, w_dim)`; a tenth of them is only looked at.
        attributes: `(N, K)`, NaN where missing.
        settings: The run's settings.
    """

    def __init__(
        self,
        regressor: LatentRegressor,
        w: Tensor,
        attributes: Tensor,
        settings: FinetuneSettings,
    ) -> None:
        super().__init__(settings.regressor_steps, checkpoint_every=max(1, settings.regressor_steps // _CHECKPOINTS))
        self.settings, self.regressor = settings, regressor
        torch.manual_seed(settings.seed)
        regressor.initialise()
        regressor.standardise(w)
        regressor.requires_grad_(True)
        self.ema = Ema(dict(regressor.named_parameters()), settings.ema_decay)
        order = torch.from_numpy(step_random(settings.seed, _STREAM, 0).permutation(len(w)))
        self.held_out, self.kept = order[: max(1, len(w) // 10)], order[max(1, len(w) // 10) :]
        # On the CPU: a batch is small beside what would have to be moved for every process.
        self.w, self.attributes = w.cpu(), attributes.cpu()
        low, span = regressor.low.cpu(), (regressor.high - regressor.low).cpu()
        self.importance = torch.from_numpy(inverse_frequency_weights(((self.attributes - low) / span).numpy()))

    def training_step(self, _: Tensor) -> Tensor:
        """One batch; which one follows from the step."""
        random = step_random(self.settings.seed, _STREAM, self.step + 1)
        chosen = self.kept[torch.from_numpy(random.integers(len(self.kept), size=BATCH))]
        noise = torch.from_numpy(random.standard_normal((BATCH, self.w.shape[1]))).float()
        parts = (self.w[chosen], self.attributes[chosen], self.importance[chosen], noise)
        w, attributes, weight, noise = (self.rank_share(part) for part in parts)
        error = self.regressor.losses(w + _NOISE * self.regressor.scale * noise, attributes)
        loss: Tensor = (error.mean(dim=0) * weight).sum() / weight.sum().clamp_min(1e-6)
        self.log("loss", loss.detach(), prog_bar=True)
        return loss

    def after_step(self) -> None:
        """Moves the average of the weights."""
        self.ema.update(dict(self.regressor.named_parameters()), self.step)

    def configure_optimizers(self) -> Any:
        """AdamW with a cosine."""
        optimizer = torch.optim.AdamW(self.regressor.parameters(), lr=_RATE, weight_decay=0.02)
        return scheduled(optimizer, self.steps)

    @torch.no_grad()
    def finish(self) -> float:
        """Leaves the averaged weights in the regressor, frozen.

        Returns:
            Mean absolute error of slider values on the tenth held out, in shares of the range.
        """
        self.ema.copy_to(dict(self.regressor.named_parameters()))
        regressor = self.regressor.requires_grad_(False)
        read = regressor.attributes(regressor.levels(self.w[self.held_out].to(regressor.center.device)))
        error = (read - self.attributes[self.held_out].to(read.device)).abs() / (regressor.high - regressor.low)
        return float(error.nanmean())


@torch.no_grad()
def average_directions(base: GeneratorNetwork, regressor: LatentRegressor, seed: int) -> Tensor:
    """Offsets of the normalised z `(K, z_dim)` that raise one level by 1 and no other, on average over faces.

    They are the least-squares fit of levels to z, inverted. Levels count up to the sliders' ends, as sliders go no further.

    Args:
        base: The generator.
        regressor: Fitted to it.
        seed: Of the faces.
    """
    levels, latents = [], []
    for part in range(_SAMPLED // _AT_ONCE):
        random = step_random(seed, _DIRECTIONS, part)
        z = torch.from_numpy(random.standard_normal((_AT_ONCE, base.z_dim))).float().to(base.device)
        levels.append(regressor.levels(base.map(z)).clamp(-regressor.end, regressor.end))
        latents.append(z * z.square().mean(dim=1, keepdim=True).rsqrt())
    # A face more or less does not tell: double precision, so that every device finds the same directions.
    x, y = torch.cat(latents).cpu().double(), torch.cat(levels).cpu().double()
    slopes = torch.linalg.lstsq(x - x.mean(dim=0), y - y.mean(dim=0)).solution
    offsets: Tensor = torch.linalg.pinv(slopes).float().to(base.device)
    return offsets
