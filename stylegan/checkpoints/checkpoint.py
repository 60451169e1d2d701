"""From a file of weights that the community publishes to a network whose sizes are read from the shapes.

The same networks travel in many wrappings. A dictionary holds state dicts under the makers' own names, training runs nest
them, Lightning and encoders keep one state dict with the networks' names in front, wrappers of training put prefixes before
every name. All of it is taken off here; what is left is told by its names (`layouts`). Where there are several generators, the
moving average is taken, which gives the better images.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, overload

from torch import Tensor

from stylegan.checkpoints.architectures import AnyDiscriminator, AnyGenerator, AnyNetwork, Part
from stylegan.checkpoints.containers import read_container
from stylegan.checkpoints.detection import StateDict
from stylegan.checkpoints.layouts import Entries, Layout, build, foreign_network, recognise, refusal
from stylegan.checkpoints.nvlabs import PickledNetwork
from stylegan.errors import CheckpointError

AVERAGED = ("G_ema", "g_ema", "generator_smooth", "decoder")
GENERATOR_NAMES = (*AVERAGED, "generator", "G", "g")
DISCRIMINATOR_NAMES = ("D", "d", "discriminator")
# What training with several processes and torch.compile put before every name.
WRAPPERS = ("module.", "_orig_mod.")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class FoundNetwork:
    """A network in a file, not yet built.

    Attributes:
        name: What the file calls it, such as "g_ema"; "" for a bare state dict.
        layout: How its entries are named.
        open: Gives its entries by our names.
        source: The file.
    """

    name: str
    layout: Layout
    open: Callable[[], Entries]
    source: Path

    @property
    def part(self) -> Part:
        """What it is."""
        return self.layout.part

    def build(self) -> AnyNetwork:
        """The network, in float32 on the CPU.

        Raises:
            CheckpointError: Its entries fit no network.
        """
        entries = self._entries()
        network = build(self.layout, entries, self.source)
        for note in (*entries.notes, *self._said_of_the_average(entries)):
            logger.warning("%s: %s", self.source, note)
        return network

    @property
    def description(self) -> str:
        """What was found, for people: architecture, layout and the name in the file."""
        kind = "moving average of the generator" if self.name in AVERAGED else self.part
        where = f", under {self.name}" if self.name else ""
        return f"{self.layout.network} in the layout of {self.layout.name}, {kind}{where}"

    def _entries(self) -> Entries:
        try:
            return self.open()
        except CheckpointError as error:
            told = str(error) if str(error).startswith(str(self.source)) else f"{self.source}: {error}"
            raise CheckpointError(told) from error

    def _said_of_the_average(self, entries: Entries) -> list[str]:
        is_missing = (
            self.layout.name == "rosinality" and self.part == "generator" and "mapping.w_avg" not in entries.state
        )
        return ["it holds no average of w (latent_avg), which was computed from 10,000 latents"] if is_missing else []


@overload
def load_checkpoint(path: str | Path, part: Literal["generator"] = ...) -> AnyGenerator: ...
@overload
def load_checkpoint(path: str | Path, part: Literal["discriminator"]) -> AnyDiscriminator: ...
@overload
def load_checkpoint(path: str | Path, part: Part) -> AnyNetwork: ...
def load_checkpoint(path: str | Path, part: Part = "generator") -> AnyNetwork:
    """Loads a network from a published checkpoint, whichever of the layouts it has.

    What was found is logged in one line under `stylegan.checkpoints.checkpoint`.

    Args:
        path: A file of GenForce, rosinality, an encoder or NVLabs (`.pth`, `.pt`, `.pkl`), or a `.safetensors` file that
            holds one state dict.
        part: "generator" (the moving average where there are several) or "discriminator".

    Returns:
        The network in float32 on the CPU.

    Raises:
        CheckpointError: When the file is missing, unreadable, of another layout, or lacks the part.
    """
    found = read_checkpoint(path)
    network = best(found, part)
    if network is None:
        names = GENERATOR_NAMES[2:5:2] if part == "generator" else ("discriminator",)
        raise CheckpointError(f"{path}: expected {' or '.join(names)}, found only {', '.join(found)}")
    built = network.build()
    side = built.config.resolution
    logger.info("%s: %s, %dx%d", path, network.description, side, side)
    return built


def best(found: Mapping[str, FoundNetwork], part: Part) -> FoundNetwork | None:
    """The network of a part, and of several generators the moving average; None where there is none."""
    return next((network for network in found.values() if network.part == part), None)


def read_checkpoint(path: str | Path) -> dict[str, FoundNetwork]:
    """All networks in a checkpoint file, the preferred ones first; none is built.

    Args:
        path: As for `load_checkpoint`.

    Returns:
        The networks by the names that the file gives them; "generator" or "discriminator" for a bare state dict.

    Raises:
        CheckpointError: When the file is missing, unreadable or of another layout.
    """
    path = Path(path)
    payload = read_container(path)
    average = payload.get("latent_avg") if isinstance(payload, Mapping) else None
    for nest in ("models", "state_dict"):
        if isinstance(payload, Mapping) and isinstance(payload.get(nest), Mapping):
            payload = payload[nest]
    found = _networks(payload, average, path)
    if not found:
        raise CheckpointError(f"{path}: {_unknown(payload)}")
    return found


def _networks(payload: Any, average: Any, path: Path) -> dict[str, FoundNetwork]:
    if not isinstance(payload, Mapping):
        return {}
    bare = _unwrapped(payload)
    if layout := recognise(map(str, bare)):
        return {layout.part: _of_state_dict("", layout, bare, average, path)}
    found = {}
    for name, entries in _parts(payload).items():
        if isinstance(entries, PickledNetwork):
            found[name] = _of_pickle(name, entries, path)
            continue
        state = _unwrapped(entries)
        if layout := recognise(map(str, state)):
            found[name] = _of_state_dict(name, layout, state, average, path)
        elif state:
            raise CheckpointError(f"{path}: {_unknown(state, name)}")
    return found


def _parts(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The networks that a dictionary names, nested or with their names in front of the entries."""
    names = (*GENERATOR_NAMES, *DISCRIMINATOR_NAMES)
    nested = {name: payload[name] for name in names if isinstance(payload.get(name), (Mapping, PickledNetwork))}
    if nested:
        return nested
    parts: dict[str, dict[str, Any]] = {name: {} for name in names}
    for entry, value in payload.items():
        name, _, rest = str(entry).partition(".")
        if rest and name in parts:
            parts[name][rest] = value
    return {name: entries for name, entries in parts.items() if entries}


def _of_state_dict(name: str, layout: Layout, state: Mapping[str, Any], average: Any, path: Path) -> FoundNetwork:
    tensors = _tensors(name or layout.part, state, path)
    latent_average = average if isinstance(average, Tensor) else None
    return FoundNetwork(name, layout, lambda: layout.convert(tensors, latent_average), path)


def _of_pickle(name: str, network: PickledNetwork, path: Path) -> FoundNetwork:
    if descendant := network.descendant():
        raise CheckpointError(f"{path}: {refusal(descendant)}")
    layout = recognise(network.names)
    if layout is None:
        raise CheckpointError(f"{path}: {_unknown(dict.fromkeys(network.names), name)}")

    def opened() -> Entries:
        converted = layout.convert(network.open(), None)
        return Entries(converted.state, network.settings())

    return FoundNetwork(name, layout, opened, path)


def _unwrapped(entries: Mapping[str, Any]) -> dict[str, Any]:
    """The entries without the prefixes of wrappers, where every tensor's name has the prefix."""
    result = dict(entries)
    # An averaged model counts its updates beside the module that it wraps.
    if any(name.startswith("module.") for name in map(str, result)):
        result.pop("n_averaged", None)
    while prefix := next((p for p in WRAPPERS if result and all(str(name).startswith(p) for name in result)), None):
        result = {str(name).removeprefix(prefix): value for name, value in result.items()}
    return result


def _tensors(name: str, entries: Mapping[str, Any], path: Path) -> StateDict:
    for entry, value in entries.items():
        if not isinstance(value, Tensor):
            raise CheckpointError(f"{path}: expected tensors in {name}, found {type(value).__name__} under {entry}")
    return dict(entries)


def _unknown(payload: Any, name: str = "") -> str:
    """How entries of no known layout are refused."""
    names = [str(entry) for entry in payload] if isinstance(payload, Mapping) else []
    if network := foreign_network(names):
        return refusal(network)
    expected = (
        f"expected a generator or discriminator of StyleGAN, StyleGAN2 or StyleGAN3 under {name}"
        if name
        else "expected a dict with generator_smooth, generator or discriminator (or G_ema, g_ema, D, d), or a bare state dict "
        "with entries such as mapping.dense0.weight"
    )
    return f"{expected}, found {_described(payload, names)}"


def _described(payload: Any, names: list[str]) -> str:
    if not isinstance(payload, Mapping):
        return f"a {type(payload).__name__}"
    return f"{len(names)} entries: {', '.join(names[:5])}" if names else "an empty dict"
