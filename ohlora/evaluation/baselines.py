"""Finds what a run is compared with: baselines by name, in the run's folder or beside it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch

from ohlora.errors import MissingModelError
from ohlora.generation.loaded_model import LoadedModel, load_with_sliders
from ohlora.hub import resolve_model
from ohlora.sliders.slider_model import SliderModel

BASELINES = "baselines"
PLAIN = "plain"
"""Name of the evaluated model itself without feedback passes."""


def load_baselines(names: str, run: Path, device: str | torch.device = "cpu") -> list[LoadedModel[SliderModel]]:
    """Open baselines.

    Args:
        names: Names, folders or repositories between commas. A name is looked for in the run (`RUN/baselines/NAME`,
            `RUN/NAME`) and beside it first. `plain` is the run itself with one plain pass of its mapping network.
        run: What they are compared with.
        device: Where they shall run.

    Raises:
        MissingModelError: One is nowhere.
    """
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    return [
        _plain(run, device)
        if name == PLAIN
        else replace(load_with_sliders(find_baseline(name, run), device), name=name)
        for name in wanted
    ]


def _plain(run: Path, device: str | torch.device) -> LoadedModel[SliderModel]:
    """The run's model with its feedback passes left out; its fingerprint tells, because its pictures are others."""
    loaded = load_with_sliders(run, device)
    if not hasattr(loaded.network, "passes"):
        raise MissingModelError(f"{run} holds sliders without feedback passes; leave {PLAIN!r} out of --against")
    loaded.network.passes = 0
    return replace(loaded, name=PLAIN, fingerprint=f"{loaded.fingerprint}-{PLAIN}")


def find_baseline(name: str, run: Path) -> Path:
    """The place of a baseline's model: in the run, beside it, or wherever `ohlora.hub.resolve_model` finds it."""
    places = [run / BASELINES / name, run / name, run.parent / BASELINES / name, run.parent / name]
    beside = next((place for place in places if place.is_dir()), None)
    try:
        return resolve_model(beside or name)
    except MissingModelError as error:
        raise MissingModelError(
            f"no baseline {name!r}: looked for {', '.join(map(str, places))}; make it with ohlora finetune (--help tells how), "
            f"with --out {places[0]}, or name another model ({error})"
        ) from error
