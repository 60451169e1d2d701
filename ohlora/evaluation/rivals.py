"""Finds what a run is judged beside."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch

from ohlora.errors import MissingModelError
from ohlora.sliders.slider_model import NamedSliderModel, find_slider_model

RIVALS = "rivals"


def load_rivals(names: str, run: Path, device: str | torch.device = "cpu") -> list[NamedSliderModel]:
    """Open rivals.

    Args:
        names: Names or folders between commas. A name is looked for in the run (`RUN/rivals/NAME`, `RUN/NAME`) and beside it.
        run: What they are compared with.
        device: Where they shall run.

    Raises:
        MissingModelError: One is nowhere.
    """
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    return [replace(NamedSliderModel.load(find_rival(name, run), device), name=name) for name in wanted]


def find_rival(name: str, run: Path) -> Path:
    """The folder of a rival's model."""
    places = [run / RIVALS / name, run / name, run.parent / RIVALS / name, run.parent / name, Path(name)]
    for place in places:
        if place.is_dir():
            return find_slider_model(place)
    raise MissingModelError(
        f"no rival {name!r}: looked for {', '.join(map(str, places))}; make it with ohlora finetune (--help tells how), "
        f"with --out {places[0]}, or name a folder"
    )
