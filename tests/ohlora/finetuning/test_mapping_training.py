"""Tests of ohlora.finetuning.mapping_training."""

import torch

from ohlora.finetuning.mapping_training import MappingTraining
from ohlora.finetuning.regressor_training import average_directions
from ohlora.finetuning.settings import build_settings
from ohlora.sliders.conditional import ConditionalGenerator
from tests.ohlora.finetuning_models import tiny_conditional


def trainable() -> tuple[ConditionalGenerator, MappingTraining]:
    torch.manual_seed(5)
    model = tiny_conditional()
    for parameter in model.regressor.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    settings = build_settings("latent", attributes=("mouth", "pose"), batch=64, taught=128)
    directions = average_directions(model.base, model.regressor, seed=0)
    return model, MappingTraining(model, settings, 200, 1e-3, directions)


def test_directions_raise_one_level_and_no_other_on_average() -> None:
    model, _ = trainable()
    z = torch.randn(2000, 12)
    z = z / z.square().mean(dim=1, keepdim=True).sqrt()
    for index, direction in enumerate(average_directions(model.base, model.regressor, seed=0)):
        low, high = (model.regressor.levels(model.base.map(z + sign * direction)).mean(dim=0) for sign in (-0.01, 0.01))
        raised = ((high - low) / 0.02).tolist()
        assert 0.5 < raised[index] < 1.5 and abs(raised[1 - index]) < 0.25


def test_feedback_comes_in_the_second_half() -> None:
    model, module = trainable()
    module.step = 99
    module.losses(module.batch())
    assert model.passes == 0
    module.step = 100
    module.losses(module.batch())
    assert model.passes == model.config.passes


def test_steps_bring_levels_to_where_they_are_asked_for_and_faces_to_where_the_teacher_has_them() -> None:
    _model, module = trainable()

    def total(losses: dict[str, torch.Tensor]) -> torch.Tensor:
        return torch.stack(list(losses.values())).sum()

    module.step = 150
    batch = module.batch()
    # Half of it has the teacher's answers.
    assert int((~batch.w.isnan()).all(dim=1).sum()) == 32
    before = total(module.losses(batch)).item()
    optimizer = torch.optim.Adam(module.model.trainable_parameters().values(), lr=3e-3)
    for module.step in range(100, 180):
        loss = total(module.losses(module.batch()))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    after = total(module.losses(batch)).item()
    assert after < 0.85 * before, (before, after)
