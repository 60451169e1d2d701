"""Pickles as NVLabs's PyTorch code writes them, made without that code: stand-ins of its modules exist while a file is written."""

import io
import pickle
import sys
import types
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import nn

from stylegan.stylegan2.resampling import low_pass_filter

SOURCE = "raise SystemExit('the source of a module was run')"


def _reconstruct_persistent_obj(meta: Mapping[str, Any]) -> None:
    raise AssertionError("the makers' function was called")


class EasyDict(dict[str, Any]):
    """A dictionary of the makers' own class."""


class Network:
    """What a file of TensorFlow holds."""


class Persistent:
    """An object that is written as the makers' persistent objects are."""

    def __init__(self, class_name: str, state: Mapping[str, Any], source: str = SOURCE) -> None:
        self.meta = {
            "type": "class",
            "version": 6,
            "module_src": source,
            "class_name": class_name,
            "state": dict(state),
        }

    def __reduce__(self) -> tuple[Any, ...]:
        return _reconstruct_persistent_obj, (self.meta,)


@contextmanager
def makers_modules() -> Iterator[None]:
    """Lets the stand-ins be found under the makers' names."""
    places = {
        _reconstruct_persistent_obj: "torch_utils.persistence",
        EasyDict: "dnnlib.util",
        Network: "dnnlib.tflib.network",
    }
    names = {name for place in places.values() for name in (place, place.split(".")[0])}
    before = {item: item.__module__ for item in places}
    modules = {name: types.ModuleType(name) for name in names}
    try:
        sys.modules.update(modules)
        for item, place in places.items():
            item.__module__ = place
            setattr(modules[place], item.__name__, item)
        yield
    finally:
        for item, place in before.items():
            item.__module__ = place
        for name in modules:
            del sys.modules[name]


def dumps(payload: Any, protocol: int = 4) -> bytes:
    """A pickle of the payload."""
    with makers_modules():
        return pickle.dumps(payload, protocol)


def write(path: Path, payload: Any, protocol: int = 4) -> Path:
    """Writes a pickle."""
    path.write_bytes(dumps(payload, protocol))
    return path


def persistent(class_name: str, network: nn.Module, arguments: Mapping[str, Any], **attributes: Any) -> Persistent:
    """A network of ours as the makers would have saved it, with the filters that ours does not store."""
    root: dict[str, Any] = {}
    parameters = dict(network.named_parameters())
    state = dict(network.state_dict())
    for name in [name for name in state if name.endswith("conv0.weight")]:
        state[name.replace("weight", "resample_filter")] = low_pass_filter()
    for name, value in state.items():
        *parts, leaf = name.split(".")
        node = root
        for part in parts:
            node = node.setdefault(part, {})
        node[leaf] = nn.Parameter(value.clone()) if name in parameters else value.clone()
    return _tree(class_name, root, {"_init_args": (), "_init_kwargs": EasyDict(arguments)}, attributes)


def _tree(
    class_name: str, node: Mapping[str, Any], extra: Mapping[str, Any], attributes: Mapping[str, Any]
) -> Persistent:
    tensors = {name: value for name, value in node.items() if isinstance(value, torch.Tensor)}
    parts = {name: value for name, value in node.items() if isinstance(value, dict)}
    state: dict[str, Any] = {
        "training": False,
        "_parameters": OrderedDict((n, v) for n, v in tensors.items() if isinstance(v, nn.Parameter)),
        "_buffers": OrderedDict((n, v) for n, v in tensors.items() if not isinstance(v, nn.Parameter)),
        "_non_persistent_buffers_set": set(),
        "_backward_hooks": OrderedDict(),
        "_modules": OrderedDict((name, _tree("Layer", part, {}, attributes)) for name, part in parts.items()),
        **extra,
        **attributes,
    }
    return Persistent(class_name, state)


def storage_bytes(payload: Any) -> bytes:
    """What the makers' files hold for a storage: a whole file of PyTorch in its old format."""
    file = io.BytesIO()
    torch.save(payload, file, _use_new_zipfile_serialization=False)
    return file.getvalue()
