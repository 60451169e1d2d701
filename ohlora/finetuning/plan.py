"""What a fine-tuning would do, without doing it."""

from __future__ import annotations

import time

import torch

from ohlora.conditional import ConditionalGenerator
from ohlora.device import autocast
from ohlora.finetuning.run import FinetuningRun
from ohlora.sliders import describe_sliders

_TRIED = 4
_OPTIMISER_COPIES = 5  # weight, gradient, two moments, average
_KEPT_PER_ACTIVATION = 5  # what backward needs of a layer: convolution, noise, activation, norm, style
_PASSES = 1.4  # unedited faces are drawn as well, without gradients, and read


def plan_lines(run: FinetuningRun) -> list[str]:
    """Settings, what is trained and what is not, steps, memory and time."""
    settings, machine = run.settings, run.machine
    model = ConditionalGenerator(run.base, run.sliders, settings.conditional)
    trained = model.trainable_parameters()
    count = sum(value.numel() for value in trained.values())
    own = int((run.data.seeds >= 0).sum())
    data = (
        f"data: {len(run.data)} labelled faces in {run.data.folder}, {own} of them drawn by {run.base_name}; "
        f"labelled by {run.data.parser}, scores {run.data.scores_version}"
    )
    lines = [
        f"method {settings.method}: {describe_sliders(run.sliders)}",
        data,
        f"machine: {machine.device}, {str(machine.dtype).removeprefix('torch.')}, {machine.world_size} processes",
        *(f"{name}: {value}" for name, value in settings.to_dict().items()),
    ]
    if settings.method == "directions":
        return [*lines, "trained: nothing but linear classifiers and the readout; a few minutes for the calibration"]
    parts = dict.fromkeys(name.split(".")[0] for name in trained)
    lines += [f"trained: {', '.join(parts)}, {count / 1e6:.2f} M parameters"]
    lines += [f"frozen: {name}: {reason}" for name, reason in model.frozen_reasons().items()]
    lines += [_steps(run), _memory(run, count), _time(run)]
    return lines


def _steps(run: FinetuningRun) -> str:
    s = run.settings
    if s.method == "adversarial":
        return f"steps: {s.steps} of {s.batch} faces, each with one of the discriminator"
    return (
        f"steps: {s.coverage_rounds} rounds of {s.coverage_faces} further faces; 2 predictors of {s.predictor_steps} of "
        f"{s.predictor_batch} faces; {s.steps} of {s.batch} faces; validation every {s.validate_every}"
    )


def _memory(run: FinetuningRun, trained: int) -> str:
    config, batch = run.base.config, -(-run.settings.batch // run.machine.world_size)
    weights = sum(value.numel() for value in run.base.parameters())
    pixels = sum(2 * config.channels(4 << block) * (4 << block) ** 2 for block in range(config.num_blocks))
    per_value = 2 if run.machine.dtype == torch.bfloat16 else 4
    total = 4 * (weights + _OPTIMISER_COPIES * trained) + per_value * _KEPT_PER_ACTIVATION * pixels * batch
    return f"memory: about {(total + run.data.images.nbytes) / 1e9:.1f} GB per process beside PyTorch itself"


def _time(run: FinetuningRun) -> str:
    machine, settings = run.machine, run.settings
    base = run.base.to(machine.device)
    ws = torch.randn(_TRIED, base.num_layers, base.config.w_dim, device=machine.device, requires_grad=True)
    seconds = []
    for _ in range(2):  # the first one also sets the device up
        started = time.perf_counter()
        with autocast(machine.device, machine.dtype):
            image = base.synthesis(ws)
        image.float().square().mean().backward()
        if machine.device.type == "cuda":
            torch.cuda.synchronize()
        seconds.append((time.perf_counter() - started) / _TRIED)
    training = settings.steps * settings.batch * seconds[-1] * _PASSES / machine.world_size
    rest = 0.25 * training if settings.method == "predictor" else training
    return (
        f"time: about {training / 60:.0f} min for {settings.steps} steps on images ({1000 * seconds[-1]:.0f} ms a face), and "
        f"about {rest / 60 + 1:.0f} min for {'readout, further faces and predictors' if rest < training else 'the discriminator'}"
    )
