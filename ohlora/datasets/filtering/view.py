"""Filtered datasets on disk: from a selection to a folder with the chosen images and their rows of the table.

The folder is an ordinary dataset, so that every command takes it. Its images are links by default: a choice of faces
costs no space, and many choices can stand beside each other.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ohlora.datasets.face_folder import FILTER_NAME, LATENTS_NAME, NORMALIZATION_NAME, TABLE_NAME, FaceDataset
from ohlora.datasets.filtering.conditions import Selection
from ohlora.datasets.table import format_table
from ohlora.errors import DatasetError, SettingsError
from ohlora.files import command_text, write_text
from ohlora.progress import counted
from ohlora.version import __version__

LINK_MODES = ("link", "symlink", "copy")
_SIDE_FOLDERS = ("label_maps", "overlays", "truth")


@dataclass(frozen=True)
class FilterSettings:
    """How the folder is made.

    Attributes:
        out: The folder; it must not be there yet, or be empty.
        link_mode: `link` (hard links, which take no space; symbolic ones where the disk has none or is another),
            `symlink`, or `copy`.
    """

    out: Path
    link_mode: str = "link"

    def __post_init__(self) -> None:
        if self.link_mode not in LINK_MODES:
            raise SettingsError(f"expected {', '.join(LINK_MODES)}, got {self.link_mode!r}")


def write_filtered(dataset: FaceDataset, selection: Selection, settings: FilterSettings) -> list[str]:
    """Make the folder of what was chosen and is on the disk; it appears whole or not at all.

    Returns:
        What was made, a line each.

    Raises:
        DatasetError: When nothing was chosen, or the folder cannot be made.
    """
    out, selection = settings.out, selection.on_disk(dataset)
    _check_target(dataset, out)
    if not selection.names:
        raise DatasetError(_nothing_chosen(dataset, selection))
    unfinished, side = _hidden(out), _side(out)
    try:
        for leftover in (unfinished, _hidden(side)):
            shutil.rmtree(leftover, ignore_errors=True)
            leftover.parent.mkdir(parents=True, exist_ok=True)
        linker = _Linker(settings.link_mode)
        _write_faces(dataset, selection, unfinished, linker)
        maps = _write_side_pictures(dataset, selection, _hidden(side), linker)
        if maps:
            os.replace(_hidden(side), side)
        if out.exists():
            out.rmdir()
        os.replace(unfinished, out)
    except OSError as error:
        raise DatasetError(f"cannot make {out}: {error.filename or ''} {error.strerror or error}") from error
    finally:
        for leftover in (unfinished, _hidden(side)):
            shutil.rmtree(leftover, ignore_errors=True)
    also = [f"also {maps} label maps and overlays in {side}"] if maps else []
    faces = counted(len(selection.names), "faces")
    made = f"{faces} in {out} ({linker.done()})"
    return [made, *also, f"next: {command_text('ohlora', 'report', out)}"]


def _nothing_chosen(dataset: FaceDataset, selection: Selection) -> str:
    if selection.absent:
        gone = counted(len(selection.absent), "images")
        return f"no face is left: {gone} of {dataset.folder} fulfil {selection.where}, and none is on the disk any more"
    return f"no face of {dataset.folder} fulfils: {selection.where}; nothing was written"


def _side(out: Path) -> Path:
    """Where label maps of a folder that is yet to be made go, as `FaceDataset.labels_folder` says it."""
    out = out.resolve()
    return out.with_name(f"{out.name}.labels")


def _hidden(folder: Path) -> Path:
    folder = folder.resolve()
    return folder.with_name(f".{folder.name}.unfinished")


def _check_target(dataset: FaceDataset, out: Path) -> None:
    source, target = dataset.folder.resolve(), out.resolve()
    if target == source or source in target.parents or target in source.parents:
        raise DatasetError(f"expected a folder beside {dataset.folder}, not the same, inside it or around it: {out}")
    for folder in (out, _side(out)):
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise DatasetError(f"{folder} is there already; choose another --out, or remove it")


class _Linker:
    """Links or copies a file into the new folder, by the settings' link mode."""

    def __init__(self, mode: str) -> None:
        self._methods: dict[str, Callable[[Path, Path], Any]] = {
            "link": os.link,
            "symlink": os.symlink,
            "copy": shutil.copy2,
        }
        self._mode = mode

    def __call__(self, source: Path, target: Path) -> None:
        source = source.resolve(strict=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._methods[self._mode](source, target)
        except OSError:
            if self._mode != "link":
                raise
            self._mode = "symlink"  # another disk, or one without hard links
            os.symlink(source, target)

    def done(self) -> str:
        names = {"link": "hard links, which take no space", "symlink": "symbolic links", "copy": "copies"}
        return names[self._mode]


def _write_faces(dataset: FaceDataset, selection: Selection, folder: Path, link: _Linker) -> None:
    folder.mkdir()
    for name in selection.names:
        link(dataset.path(name), folder / name)
    normalization = dataset.folder / NORMALIZATION_NAME
    if normalization.exists():
        shutil.copy2(normalization, folder / NORMALIZATION_NAME)
    _write_latents(dataset, selection, folder)
    write_text(folder / FILTER_NAME, json.dumps(_record(dataset, selection), indent=2, ensure_ascii=False) + "\n")
    rows = {name: dataset.rows[name] for name in selection.names}
    write_text(folder / TABLE_NAME, format_table(dataset.columns, rows), durable=True)


def _record(dataset: FaceDataset, selection: Selection) -> dict[str, Any]:
    return {
        "where": selection.where,
        "source": str(dataset.folder.resolve()),
        "faces": selection.total,
        "chosen": len(selection.names),
        "conditions": [vars(count) for count in selection.counts],
        "ohlora": __version__,
    }


def _write_latents(dataset: FaceDataset, selection: Selection, folder: Path) -> None:
    """The chosen faces' latents, where the dataset keeps them."""
    if not (dataset.folder / LATENTS_NAME).exists():
        return
    with np.load(dataset.folder / LATENTS_NAME, allow_pickle=False) as file:
        arrays = dict(file)
    kept = np.isin(arrays["file_name"], list(selection.names))
    shared = {"w_avg": arrays.pop("w_avg")} if "w_avg" in arrays else {}
    np.savez(folder / LATENTS_NAME, **{key: values[kept] for key, values in arrays.items()}, **shared)


def _write_side_pictures(dataset: FaceDataset, selection: Selection, folder: Path, link: _Linker) -> int:
    """Links to label maps and overlays of the chosen faces; returns how many there are."""
    count = 0
    for kind in _SIDE_FOLDERS:
        for name in selection.names if (dataset.labels_folder / kind).is_dir() else ():
            side = name if name.endswith(".png") else f"{name}.png"
            if (dataset.labels_folder / kind / side).is_file():
                link(dataset.labels_folder / kind / side, folder / kind / side)
                count += 1
    return count
