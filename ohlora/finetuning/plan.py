"""What a fine-tuning would do, without doing it."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable

import torch

from ohlora.device import autocast
from ohlora.finetuning.readout_training import BATCH, average_directions
from ohlora.finetuning.run import FinetuningRun
from ohlora.sliders.conditional import ConditionalGenerator
from ohlora.sliders.slider import describe_sliders

_TRIED, _DRAWN = 4, 16
_LIGHTNING_STEP = 0.003  # seconds, whatever is trained
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
    parts = dict.fromkeys(name.split(".")[0] for name in trained) if settings.steps else {}
    lines += [
        f"trained: {', '.join(['readout', *parts])}, {(count if parts else 0) / 1e6 + _readout_size(model):.2f} M parameters"
    ]
    lines += [f"frozen: {name}: {reason}" for name, reason in model.frozen_reasons().items()]
    lines += [_steps(run), _memory(run, count if parts else 0), _time(run, model)]
    return lines


def _readout_size(model: ConditionalGenerator) -> float:
    return sum(value.numel() for value in model.readout.parameters()) / 1e6


def _steps(run: FinetuningRun) -> str:
    s = run.settings
    if s.method == "adversarial":
        return (
            f"steps: {s.readout_steps} of the readout; {s.steps} of {s.batch} faces, each with one of the discriminator"
        )
    readouts = (
        f"steps: {s.coverage_rounds + 1} readouts of {s.readout_steps}, and {s.coverage_rounds} rounds of {s.coverage_faces} "
        "further faces between them"
    )
    if not s.steps:
        return readouts
    return (
        f"{readouts}; 2 predictors of {s.predictor_steps} of {s.predictor_batch} faces; {s.steps} of {s.batch} faces; "
        f"validation every {s.validate_every}"
    )


def _memory(run: FinetuningRun, trained: int) -> str:
    config, batch = run.base.config, -(-run.settings.batch // run.machine.world_size)
    weights = sum(value.numel() for value in run.base.parameters())
    pixels = sum(2 * config.channels(4 << block) * (4 << block) ** 2 for block in range(config.num_blocks))
    per_value = 2 if run.machine.dtype == torch.bfloat16 else 4
    total = 4 * (weights + _OPTIMISER_COPIES * trained) + per_value * _KEPT_PER_ACTIVATION * pixels * batch
    return f"memory: about {(total + run.data.images.nbytes) / 1e9:.1f} GB per process beside PyTorch itself"


def _time(run: FinetuningRun, model: ConditionalGenerator) -> str:
    machine, settings = run.machine, run.settings
    model.to(machine.device)
    readouts = settings.coverage_rounds + 1 if settings.method == "predictor" else 1
    learning = readouts * settings.readout_steps * (_readout_step(model) + _LIGHTNING_STEP)
    parts = [f"about {_minutes(learning)} for {readouts} {'readouts' if readouts > 1 else 'readout'}"]
    if settings.method == "predictor" and settings.coverage_rounds:
        faces = settings.coverage_rounds * settings.coverage_faces
        each = _drawn_and_labelled(run, model)
        parts.append(f"{_minutes(faces * each)} for {faces} further faces ({1000 * each:.0f} ms each)")
    if settings.steps:
        each = _image_step(run)
        training = settings.steps * settings.batch * each * _PASSES / machine.world_size
        rest = "predictors" if settings.method == "predictor" else "the discriminator"
        share = 0.25 if settings.method == "predictor" else 1.0
        parts.append(f"{_minutes(training)} for {settings.steps} steps on images ({1000 * each:.0f} ms a face)")
        parts.append(f"{_minutes(share * training)} for {rest}")
    return f"time: {', '.join(parts)}"


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 60 else f"{seconds:.0f} s"


def _seconds(action: Callable[[], object], times: int = 1) -> float:
    """Duration of an action; it is done once before, which also sets the device up."""
    action()
    started = time.perf_counter()
    for _ in range(times):
        action()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return (time.perf_counter() - started) / times


def _readout_step(model: ConditionalGenerator) -> float:
    """Seconds of a readout's step, without Lightning."""
    readout = copy.deepcopy(model.readout).requires_grad_(True)
    w, values = torch.randn(BATCH, len(readout.center)), torch.rand(BATCH, len(model.sliders))
    w, values = w.to(model.device), values.to(model.device)
    return _seconds(lambda: readout.losses(w, values).mean().backward(), 10)  # type: ignore[no-untyped-call]


def _drawn_and_labelled(run: FinetuningRun, model: ConditionalGenerator) -> float:
    """Seconds of a face that is drawn with its sliders moved, and labelled."""
    model.directions.copy_(average_directions(model, run.settings.seed))
    z = torch.randn(_DRAWN, model.z_dim, device=model.device)
    label_path = run.label_path()

    @torch.no_grad()
    def draw() -> None:
        wanted = {name: 0.5 * (slider.low + slider.high) for name, slider in model.sliders.items()}
        with autocast(run.machine.device, run.machine.dtype):
            images = model.edit(z, wanted)
        label_path.measure(images.float())

    return _seconds(draw) / _DRAWN


def _image_step(run: FinetuningRun) -> float:
    """Seconds of a face in a step on images, without the predictors."""
    machine, base = run.machine, run.base.to(run.machine.device)
    ws = torch.randn(_TRIED, base.num_layers, base.config.w_dim, device=machine.device, requires_grad=True)

    def step() -> None:
        with autocast(machine.device, machine.dtype):
            image = base.synthesis(ws)
        image.float().square().mean().backward()

    return _seconds(step) / _TRIED
