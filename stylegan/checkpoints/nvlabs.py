"""From a pickle of NVLabs's PyTorch code, read as data, to the networks in it: entries by name, and settings.

A network is a tree of persistent objects. Walking its parameters, buffers and parts gives its state dict; the numbers that leave
no trace in shapes stand among the attributes of its layers and the arguments that it was made with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from stylegan.checkpoints.data_pickle import PersistentObject
from stylegan.checkpoints.pickled_values import TensorRecord
from stylegan.errors import CheckpointError

DEEPEST = 8
ACTIVATION, FILTER = "lrelu", [1, 3, 3, 1]
# What the arguments of StyleGAN3 are called here; they leave no trace in shapes.
ARGUMENTS = {
    "num_critical": "num_critical",
    "first_cutoff": "first_cutoff",
    "first_stopband": "first_stopband",
    "last_stopband_rel": "last_stopband_rel",
    "margin_size": "margin",
    "output_scale": "output_scale",
    "filter_size": "filter_size",
    "lrelu_upsampling": "inner_upsampling",
}
# Class names, and attributes, of networks that grew out of these.
DESCENDANTS = {
    "TriPlaneGenerator": "EG3D",
    "SuperresGenerator": "StyleGAN-XL",
    "FastganSynthesis": "Projected GAN",
    "head_layer_names": "StyleGAN-XL",
}


class PickledNetwork:
    """A network in a pickle, whose numbers are not opened before they are asked for.

    Args:
        root: The network's object.
        path: The file, for error messages.
    """

    def __init__(self, root: PersistentObject, path: Path) -> None:
        self._root, self._path = root, path
        self._records = dict(self._walk(root, "", 0))

    @property
    def names(self) -> list[str]:
        """Names of its entries."""
        return list(self._records)

    def open(self) -> dict[str, Tensor]:
        """Its state dict.

        Raises:
            CheckpointError: Numbers are damaged or something else.
        """
        try:
            return {name: record.open(name) for name, record in self._records.items()}
        except CheckpointError as error:
            raise CheckpointError(f"{self._path}: {error}") from error

    def settings(self) -> dict[str, Any]:
        """What the layers' arithmetic needs beside shapes, by the names that our settings have.

        Raises:
            CheckpointError: The network has another activation or filter than the published ones.
        """
        settings = {"conv_clamp": self._clamp()}
        synthesis = self._part("synthesis")
        given = self._arguments()
        if "synthesis.input.freqs" in self._records:
            settings |= {ours: given[theirs] for theirs, ours in ARGUMENTS.items() if theirs in given}
        self._refuse_unusual(given)
        if synthesis is None:
            settings["minibatch_group"] = self._attribute("b4.mbstd", "group_size", 4)
        return settings

    def descendant(self) -> str | None:
        """Name of the network, if it is one that grew out of these and has other layers."""
        attributes = {*self._root.state, *(part.state if (part := self._part("synthesis")) else ())}
        named = [self._root.class_name, *(name for name in DESCENDANTS if name in attributes)]
        return next((DESCENDANTS[name] for name in named if name in DESCENDANTS), None)

    def _walk(self, node: PersistentObject, prefix: str, depth: int) -> Iterator[tuple[str, TensorRecord]]:
        if depth > DEEPEST:
            raise CheckpointError(f"{self._path}: its networks lie in each other deeper than any of StyleGAN's")
        transient = node.state.get("_non_persistent_buffers_set") or ()
        for kind in ("_parameters", "_buffers"):
            for name, value in _dictionary(node, kind).items():
                if isinstance(value, TensorRecord) and not (kind == "_buffers" and name in transient):
                    yield f"{prefix}{name}", value
                elif value is not None and not isinstance(value, TensorRecord):
                    raise CheckpointError(f"{self._path}: expected a tensor under {prefix}{name}")
        for name, part in _dictionary(node, "_modules").items():
            if isinstance(part, PersistentObject):
                yield from self._walk(part, f"{prefix}{name}.", depth + 1)

    def _part(self, path: str) -> PersistentObject | None:
        node: Any = self._root
        for name in path.split("."):
            node = _dictionary(node, "_modules").get(name) if isinstance(node, PersistentObject) else None
        return node if isinstance(node, PersistentObject) else None

    def _attribute(self, path: str, name: str, default: Any) -> Any:
        part = self._part(path)
        return default if part is None else part.state.get(name, default)

    def _clamp(self) -> Any:
        """The limit of activations, which each layer with weights has as an attribute."""
        synthesis = self._part("synthesis")
        first = next((name for name in _dictionary(synthesis, "_modules") if name.startswith("L0_")), "b4.conv1")
        path = "b4.conv" if synthesis is None else f"synthesis.{first}"
        return self._attribute(path, "conv_clamp", None)

    def _arguments(self) -> dict[str, Any]:
        """The arguments that it was made with; those of parts, which one of the two repositories nests, beside the others."""
        given = dict(_dictionary(self._root, "_init_kwargs"))
        for name in ("synthesis_kwargs", "mapping_kwargs", "block_kwargs", "epilogue_kwargs"):
            nested = given.pop(name, None)
            given |= nested if isinstance(nested, dict) else {}
        return given

    def _refuse_unusual(self, given: Mapping[str, Any]) -> None:
        usual = {
            "activation": (ACTIVATION,),
            "resample_filter": (FILTER,),
            "architecture": ("skip", "resnet"),
            "use_noise": (True,),
            "mbstd_num_channels": (1,),
        }
        for name, known in usual.items():
            if name in given and given[name] not in known:
                raise CheckpointError(
                    f"{self._path}: its network was made with {name}={given[name]!r}, which no published face generator has "
                    f"and which is not supported; expected {' or '.join(map(repr, known))}"
                )


def networks_of_pickle(payload: Any, path: Path) -> dict[str, PickledNetwork]:
    """The networks of a pickle: `G_ema`, and `D` where there is one.

    Raises:
        CheckpointError: It has no `G_ema`, or one that is no network.
    """
    found = payload if isinstance(payload, dict) else {}
    if not isinstance(found.get("G_ema"), PersistentObject):
        names = ", ".join(map(str, list(found)[:5])) or f"a {type(payload).__name__}"
        raise CheckpointError(f"{path}: expected a pickle of NVLabs with a network under G_ema, found {names}")
    return {
        key: PickledNetwork(found[key], path) for key in ("G_ema", "D") if isinstance(found.get(key), PersistentObject)
    }


def _dictionary(node: PersistentObject | None, name: str) -> Mapping[str, Any]:
    value = None if node is None else node.state.get(name)
    return {str(key): item for key, item in value.items()} if isinstance(value, dict) else {}
