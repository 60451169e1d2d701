"""The method `latent`: attributes appended to the latent vector, read by a fine-tuned mapping network.

    repeat:  regressor <- labelled latents        where a face stands
             mapping network <- regressor         moves it, from where the last repetition left it
             further labelled latents <- mapping network, generator, labeller

The last repetition ends with the mapping network, trained gently. Everything after the mapping network is frozen.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from ohlora.finetuning.job import Job
from ohlora.finetuning.mapping_training import MappingTraining
from ohlora.finetuning.rebalancing import Round
from ohlora.finetuning.regressor_training import average_directions
from ohlora.finetuning.settings import LatentSettings
from ohlora.sliders.conditional import ConditionalGenerator
from ohlora.training.trainer import fit as train


def fit(job: Job) -> ConditionalGenerator:
    """Does what is not done yet of a run.

    Raises:
        DatasetError: Too few of the labelled faces are the generator's own.
    """
    method = job.settings.method
    assert isinstance(method, LatentSettings)
    model = job.new_model()
    w, attributes = job.own_latents()
    weights: NDArray[np.float64] | None = None
    for number in range(method.rounds + 1):
        is_last = number == method.rounds
        job.fit_regressor(model.regressor, w, attributes, f"regressor{number}")
        directions = average_directions(model.base, model.regressor, job.settings.seed)
        if number == 0:
            model.mapping.follow(directions)
        steps, rate = (method.steps, method.rate) if is_last else (method.round_steps, method.round_rate)
        _train_mapping(job, MappingTraining(model, job.settings, steps, rate, directions, number), f"mapping{number}")
        if not is_last:
            drawn = Round(job, number)
            _draw(drawn, model, weights)
            further_w, further_attributes, asked = drawn.read()
            w, attributes = torch.cat([w, further_w]), torch.cat([attributes, further_attributes])
            weights = drawn.errors(further_attributes, asked)
    return model


def _train_mapping(job: Job, module: MappingTraining, name: str) -> None:
    train(module, job.stage(name), module.steps, job.compute, job.folder, name)
    module.finish()


def _draw(drawn: Round, model: ConditionalGenerator, weights: NDArray[np.float64] | None) -> None:
    """The first process draws, and the others wait for its faces."""
    if drawn.job.compute.is_first_process and not drawn.is_drawn:
        drawn.draw(model.eval(), weights)
    if torch.distributed.is_initialized():
        torch.distributed.barrier()
