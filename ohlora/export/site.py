"""The static page: sliders that draw in the visitor's browser, from files alone.

The model, the runtime and the page's own scripts lie in one folder that any server of files can hand out. The model is
compressed like the runtime's programs. Headers that let a browser use threads are in `_headers` and, for a Space of Hugging
Face, in the front matter of `README.md`; where a host sends none of them, the page draws with one thread.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined

from ohlora.errors import SettingsError
from ohlora.export.card import card_text
from ohlora.export.comparison import Agreement, Face, random_faces
from ohlora.export.onnx_model import Weights
from ohlora.export.runtime import GRAPHICS, PROCESSOR, packed_name, runtime_files
from ohlora.files import write_bytes
from ohlora.generation.drawing import DEFAULT_TRUNCATION, FaceDrawer
from ohlora.generation.loaded_model import LoadedModel
from ohlora.sliders.slider import Slider
from ohlora.sliders.slider_model import SliderModel
from ohlora.version import __version__

if TYPE_CHECKING:
    from onnx import ModelProto

MODEL = "model.onnx.gz"
RUNTIME = "runtime"
INDEX = "index.html"

_SCRIPTS = ("style.css", "seeds.js", "drawer.js", "page.js")
_GENERATOR = '<meta name="generator" content="ohlora'
_TILES = 4
_ISOLATION = {
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "cross-origin",
}
"""What a host has to send for a browser to let a page use threads."""


@dataclass(frozen=True)
class SiteSize:
    """What a page weighs, in bytes.

    Attributes:
        whole: All files in the folder.
        processor: What a visitor fetches who draws on the processor.
        graphics: The same for WebGPU.
    """

    whole: int
    processor: int
    graphics: int


def check_place(folder: Path) -> None:
    """Refuse a folder that holds something else than an earlier page.

    Raises:
        SettingsError: It does, or it is no folder.
    """
    if folder.exists() and not folder.is_dir():
        raise SettingsError(f"expected a folder for the page, got the file {folder}")
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    index = folder / INDEX
    if not index.is_file() or _GENERATOR not in index.read_text(encoding="utf-8", errors="replace"):
        raise SettingsError(f"{folder} holds files that are no exported page; give an empty or a new folder")


def write_site(
    folder: Path, model: ModelProto, loaded: LoadedModel[SliderModel], weights: Weights, agreement: Agreement
) -> SiteSize:
    """Write the page.

    Args:
        folder: Made where it is missing; an earlier page in it is replaced.
        model: The graph.
        loaded: What the graph was made of.
        weights: How the graph stores them.
        agreement: What the comparison found.

    Raises:
        SettingsError: The folder holds something else.
        MissingModelError: The runtime is not here, and npm, which fetches it, is not installed.
        DownloadError: The runtime could not be fetched.
    """
    check_place(folder)
    graph = model.SerializeToString()
    files = {f"{RUNTIME}/{name}": data for name, data in runtime_files().items()}
    files |= {name: (Path(__file__).parent / "page" / name).read_bytes() for name in _SCRIPTS}
    files[MODEL] = gzip.compress(graph, mtime=0)
    files["_headers"] = _headers().encode()
    files["README.md"] = _readme(card_text("model.onnx", loaded, weights, agreement, len(graph))).encode()
    size = _size(files)
    files[INDEX] = _index(loaded, size).encode()  # last: it says that the page is whole
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_bytes(folder / name, data)
    return size


def _size(files: Mapping[str, bytes]) -> SiteSize:
    sizes = {name: len(data) for name, data in files.items()}
    page = sum(sizes[name] for name in (*_SCRIPTS, MODEL))
    ways = [page + sum(sizes[f"{RUNTIME}/{packed_name(name)}"] for name in way) for way in (PROCESSOR, GRAPHICS)]
    return SiteSize(sum(sizes.values()), *ways)


def _index(loaded: LoadedModel[SliderModel], size: SiteSize) -> str:
    templates = Environment(loader=PackageLoader("ohlora.export", "page"), autoescape=True, undefined=StrictUndefined)
    network = loaded.network
    picture, reference = _reference(loaded)
    settings = {
        "z_dim": network.z_dim,
        "resolution": picture,
        "truncation": DEFAULT_TRUNCATION,
        "sliders": [{"name": s.name, "low": s.low, "high": s.high} for s in network.sliders.values()],
        "model": MODEL,
        "runtime": {"processor": _addresses(PROCESSOR), "graphics": _addresses(GRAPHICS)},
        "bytes": size.processor,
        "reference": reference,
    }
    return templates.get_template("index.html.j2").render(
        version=__version__,
        model=loaded.name,
        fingerprint=loaded.fingerprint,
        resolution=picture,
        settings=settings,
        sliders=[_line(slider) for slider in network.sliders.values()],
    )


def _addresses(names: tuple[str, ...]) -> list[str]:
    return [f"./{RUNTIME}/{packed_name(name)}" for name in names]


def _line(slider: Slider) -> dict[str, Any]:
    """A slider's line on the page; its ends' meaning in few words, else their numbers."""
    words = [word.strip() for word in re.findall(r"=([^,=(]+)", slider.direction)]
    label = slider.name.replace("_", " ").capitalize()
    ends = words if len(words) == 2 else [f"{slider.low:g}", f"{slider.high:g}"]
    return {
        "name": slider.name,
        "low": slider.low,
        "high": slider.high,
        "label": label,
        "ends": ends,
        "meaning": slider.direction or slider.description,
    }


def _reference(loaded: LoadedModel[SliderModel]) -> tuple[int, dict[str, Any]]:
    """A picture's edge in pixels, and a face with the mean colours of its tiles, by which the page knows a sound graphics card."""
    face: Face = next(face for face in random_faces(loaded.network.sliders, 100) if face.moved)
    columns = {name: np.array([value]) for name, value in face.moved.items()}
    picture = next(FaceDrawer(loaded.network).draw([face.seed], columns, face.truncation))
    edge = len(picture)
    tiles = picture.reshape(_TILES, edge // _TILES, _TILES, edge // _TILES, 3).mean(axis=(1, 3))
    values = [face.moved.get(name) for name in loaded.network.sliders]
    asked = {"seed": face.seed, "truncation": face.truncation, "values": values}
    return edge, {"face": asked, "across": _TILES, "tiles": [round(float(value), 2) for value in tiles.flat]}


def _headers() -> str:
    """Headers for every file, as Netlify and Cloudflare Pages read them."""
    return "\n".join(["/*", *(f"  {name}: {value}" for name, value in _ISOLATION.items())]) + "\n"


def _readme(card: str) -> str:
    """The card, with the front matter by which Hugging Face serves the folder as a Space."""
    front = [
        "title: Faces with sliders",
        "emoji: 🎚",
        "colorFrom: blue",
        "colorTo: gray",
        "sdk: static",
        "pinned: false",
    ]
    headers = [f"  {name}: {value}" for name, value in _ISOLATION.items()]
    return "\n".join(["---", *front, "custom_headers:", *headers, "---", ""]) + f"\n{card}"
