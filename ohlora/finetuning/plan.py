"""What a fine-tuning would do, without doing it: what is trained, what stays frozen, how many steps, how much memory and time."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import torch

from ohlora.finetuning.job import Job
from ohlora.finetuning.mapping_training import MappingTraining
from ohlora.finetuning.regressor_training import BATCH
from ohlora.finetuning.run import FinetuningRun
from ohlora.finetuning.sampling import random_requests
from ohlora.finetuning.settings import AdversarialSettings, LatentSettings
from ohlora.sliders.conditional import FROZEN, ConditionalGenerator
from ohlora.sliders.slider import describe_sliders
from ohlora.training.schedule import step_random

_TRIED, _DRAWN = 4, 16
_BUSY = 3.0  # how much longer a training takes on a machine that does other things as well
_LIGHTNING_STEP = 0.003  # seconds, whatever is trained
_OPTIMISER_COPIES = 5  # weight, gradient, two moments, average
_KEPT_PER_ACTIVATION = 5  # what backward needs of a layer: convolution, noise, activation, norm, style


def plan_lines(run: FinetuningRun) -> list[str]:
    """Settings, what is trained and what is not, steps, memory and time."""
    job = run.job
    own = int((job.data.seeds >= 0).sum())
    settings = {name: value for name, value in job.settings.to_dict().items() if name != "method"}
    return [
        f"method {job.settings.method_name}: {describe_sliders(job.sliders)}",
        (
            f"data: {len(job.data)} labelled faces in {job.data.folder}, {own} of them drawn by {job.base_name}; "
            f"labelled by {job.data.parser}, scores {job.data.scores_version}"
        ),
        (
            f"compute: {job.compute.device}, {str(job.compute.dtype).removeprefix('torch.')}, "
            f"{job.compute.world_size} processes"
        ),
        *(f"{name}: {_shown(value)}" for name, value in {**vars(job.settings.method), **settings}.items()),
        *trained_lines(job),
        *_cost_lines(job),
    ]


def _shown(value: object) -> str:
    """A setting as its user would write it."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_shown(part)}" for name, part in value.items())
    return ", ".join(map(_shown, value)) if isinstance(value, list | tuple) else str(value)


def trained_lines(job: Job) -> list[str]:
    """What is trained and what is frozen, with numbers of parameters."""
    model = job.new_model()
    regressor = f"regressor: {_count(model.regressor.parameters())} parameters, from the labels"
    if job.settings.method_name == "directions":
        return [f"trained: {regressor}; and a linear classifier per slider"]
    trained = _count(model.trainable_parameters().values())
    return [
        f"trained: {regressor}",
        (
            f"trained: mapping: {trained} parameters, a copy of the pretrained mapping network with "
            f"{model.elements} appended elements"
        ),
        *(
            f"frozen: {name}: {_count(model.get_submodule(name).parameters())} parameters: {FROZEN[name]}"
            for name in FROZEN
        ),
    ]


def _count(parameters: Iterable[torch.nn.Parameter]) -> str:
    return f"{sum(value.numel() for value in parameters):,}"


def _cost_lines(job: Job) -> list[str]:
    method, steps = job.settings.method, job.settings.regressor_steps
    if isinstance(method, LatentSettings):
        return [
            (
                f"steps: {method.rounds + 1} regressors of {steps}; {method.rounds} rounds of {method.round_faces} further "
                f"faces, a mapping network of {method.round_steps} before each; and one of {method.steps} at the end"
            ),
            f"memory: less than 1 GB per process beside PyTorch itself; {_megabytes(job)} MB of pictures on disk",
            _latent_time(job, method),
        ]
    if isinstance(method, AdversarialSettings):
        return [
            f"steps: {steps} of the regressor; {method.steps} of {method.batch} faces, each with one of the discriminator",
            _image_memory(job, method),
            _image_time(job, method),
        ]
    return [
        f"steps: {steps} of the regressor",
        "memory: less than 1 GB",
        "time: a few minutes, most of them to calibrate",
    ]


def _megabytes(job: Job) -> int:
    """A picture takes about half of its bytes as a PNG."""
    method = job.settings.method
    assert isinstance(method, LatentSettings)
    return round(method.rounds * method.round_faces * job.base.resolution**2 * 1.5 / 1e6)


def _latent_time(job: Job, method: LatentSettings) -> str:
    model = job.new_model()
    regressors = (method.rounds + 1) * job.settings.regressor_steps * (_regressor_step(model) + _LIGHTNING_STEP)
    mapping = (method.rounds * method.round_steps + method.steps) * (
        _mapping_step(job, method, model) + _LIGHTNING_STEP
    )
    parts = [f"about {_range(regressors)} for the regressors", f"{_range(mapping)} for the mapping network"]
    if method.rounds:
        faces, each = method.rounds * method.round_faces, _drawn_and_labelled(job, model)
        parts.append(f"{_range(faces * each)} for {faces} further faces ({1000 * each:.0f} ms each)")
    return f"time: {', '.join(parts)}"


def _image_memory(job: Job, method: AdversarialSettings) -> str:
    batch = -(-method.batch // job.compute.world_size)
    weights, trained = (
        sum(v.numel() for v in p) for p in (job.base.parameters(), job.new_model().mapping.parameters())
    )
    activations = sum(value[0].numel() for value in _activations(job))
    per_value = 2 if job.compute.dtype == torch.bfloat16 else 4
    total = 4 * (weights + _OPTIMISER_COPIES * trained) + per_value * _KEPT_PER_ACTIVATION * activations * batch
    pictures = len(job.data) * job.base.resolution**2 * 3
    return f"memory: about {(total + pictures) / 1e9:.1f} GB per process beside PyTorch itself"


@torch.no_grad()
def _activations(job: Job) -> list[torch.Tensor]:
    """What each layer of the synthesis gives for one face."""
    ws = job.base.truncate(job.base.average_w[None], 1.0)
    return [job.base.features(ws, layer) for layer in range(job.base.num_ws)]


def _image_time(job: Job, method: AdversarialSettings) -> str:
    each = _image_step(job)
    training = method.steps * method.batch * each / job.compute.world_size
    shown = f"{_range(training)} for {method.steps} steps on images ({1000 * each:.0f} ms a face)"
    return f"time: about {shown}, and as much for the discriminator"


def _range(seconds: float) -> str:
    """A duration from what was measured to what it becomes where other programs use the machine."""
    unit, name = (60.0, "min") if seconds >= 60 else (1.0, "s")
    return f"{seconds / unit:.0f} to {math.ceil(_BUSY * seconds / unit)} {name}"


def _seconds(action: Callable[[], object], times: int = 3) -> float:
    """Duration of an action, the shortest of some; it is done once before, which also sets the device up."""
    action()
    durations = []
    for _ in range(times):
        started = time.perf_counter()
        action()
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        durations.append(time.perf_counter() - started)
    return min(durations)


def _regressor_step(model: ConditionalGenerator) -> float:
    regressor = copy.deepcopy(model.regressor).requires_grad_(True)
    w = torch.randn(BATCH, len(regressor.center), device=model.device)
    attributes = torch.rand(BATCH, len(model.sliders), device=model.device)
    return _seconds(lambda: regressor.losses(w, attributes).mean().backward(), 10)  # type: ignore[no-untyped-call]


def _mapping_step(job: Job, method: LatentSettings, model: ConditionalGenerator) -> float:
    """Mean seconds of a step of both halves: with and without feedback passes."""
    settings = replace(job.settings, method=replace(method, taught=BATCH))
    module = MappingTraining(
        model, settings, 2, 1e-3, torch.zeros(len(model.sliders), model.z_dim, device=model.device)
    )

    def both() -> None:
        for module.step in (0, 1):
            torch.stack(
                list(module.losses(module.batch().map(lambda one: one.to(model.device))).values())
            ).sum().backward()  # type: ignore[no-untyped-call]

    return _seconds(both) / 2


def _drawn_and_labelled(job: Job, model: ConditionalGenerator) -> float:
    """Seconds of a face that is drawn with its sliders moved, and labelled."""
    z = torch.randn(_DRAWN, model.z_dim, device=model.device)
    values = random_requests(step_random(0, 0, 0), _DRAWN, list(model.sliders.values())).to(model.device)
    labeller = job.labeller()

    @torch.no_grad()
    def draw() -> None:
        ws = model.edited_ws(z, values)
        with job.compute.autocast():
            images = model.base.synthesise(ws)
        labeller.measure(images.float())

    return _seconds(draw) / _DRAWN


def _image_step(job: Job) -> float:
    """Seconds of a face in a step on images, without the discriminator."""
    base = job.base
    ws = torch.randn(_TRIED, base.num_ws, base.w_dim, device=job.compute.device, requires_grad=True)

    def step() -> None:
        with job.compute.autocast():
            image = base.synthesise(ws)
        image.float().square().mean().backward()  # type: ignore[no-untyped-call]

    return _seconds(step) / _TRIED
