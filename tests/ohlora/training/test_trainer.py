"""Tests of ohlora.training.trainer and ohlora.training.stepped."""

from pathlib import Path
from typing import Any

import pytest
import torch
from lightning.fabric.utilities.rank_zero import rank_zero_only
from torch import Tensor, nn

from ohlora.device import ComputeSettings
from ohlora.training.ema import Ema
from ohlora.training.schedule import scheduled, step_random
from ohlora.training.stepped import SteppedModule
from ohlora.training.trainer import fit

CPU = ComputeSettings(torch.device("cpu"), progress=False)


class Stopped(Exception):
    """What stands for a stopped process."""


class Line(SteppedModule):
    """Fits a line; breaks off before a step when it is told to."""

    def __init__(self, stop_before: int | None = None) -> None:
        super().__init__(steps=12, checkpoint_every=5)
        torch.manual_seed(0)
        self.line, self.stop_before, self.seen = nn.Linear(3, 1), stop_before, []
        self.ema = Ema(dict(self.line.named_parameters()), 0.9)

    def training_step(self, _: Tensor) -> Tensor:
        if self.step == self.stop_before:
            raise Stopped
        self.seen.append(self.step)
        x = torch.from_numpy(step_random(0, 1, self.step).standard_normal((8, 3))).float()
        loss: Tensor = (self.line(self.rank_share(x))[:, 0] - x.sum(dim=1)).square().mean()
        return loss

    def after_step(self) -> None:
        self.ema.update(dict(self.line.named_parameters()), self.step)

    def configure_optimizers(self) -> Any:
        return scheduled(torch.optim.Adam(self.line.parameters(), lr=0.1), self.steps, warm=2)


def train(folder: Path, stop_before: int | None = None) -> Line:
    module = Line(stop_before)
    fit(module, folder / "state" / "last.ckpt", module.steps, CPU, folder, "line")
    return module


def test_a_stopped_training_ends_where_an_undisturbed_one_does(tmp_path: Path) -> None:
    whole = train(tmp_path / "whole")
    assert whole.seen == list(range(12)) and int(whole.steps_done) == 12
    with pytest.raises(Stopped):
        train(tmp_path / "stopped", stop_before=8)
    resumed = train(tmp_path / "stopped")
    assert resumed.seen == list(range(5, 12))  # the checkpoint after step 5 was the last one
    for name, value in whole.state_dict().items():
        assert torch.equal(resumed.state_dict()[name], value), name
    assert [path.name for path in (tmp_path / "stopped" / "state").iterdir()] == ["last.ckpt"]


def test_a_finished_training_is_not_done_again(tmp_path: Path) -> None:
    first = train(tmp_path)
    again = train(tmp_path)
    assert again.seen == [] and torch.equal(again.line.weight, first.line.weight)


@pytest.mark.parametrize(
    "variables",
    [
        {"SLURM_NTASKS": "4", "SLURM_JOB_NAME": "train", "SLURM_PROCID": "2"},
        {"NODE_RANK": "1", "LOCAL_RANK": "3", "RANK": "7", "WORLD_SIZE": "8"},
        {"TORCHELASTIC_RUN_ID": "job", "WORLD_SIZE": "8", "RANK": "1", "LOCAL_RANK": "1"},
        {"LSB_JOBID": "1", "LSB_DJOB_RANKFILE": "/none", "JSM_NAMESPACE_RANK": "1"},
    ],
    ids=lambda variables: next(iter(variables)),
)
def test_a_cluster_s_variables_do_not_change_a_training_of_one_process(
    variables: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = train(tmp_path / "alone")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(rank_zero_only, "rank", 1)  # as Lightning sets it from them when it is imported
    job = train(tmp_path / "job")
    assert all(torch.equal(value, alone.state_dict()[name]) for name, value in job.state_dict().items())
    assert (tmp_path / "job" / "state" / "last.ckpt").is_file() and list((tmp_path / "job" / "logs").rglob("*"))
