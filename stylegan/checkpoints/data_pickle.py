"""Reads the pickles that NVLabs's PyTorch code writes as data, without running anything that is in them.

Such a file holds source text, which its makers' code executes to build the networks, and around it plain data: arguments,
names, shapes and the bytes of tensors. The unpickler below knows a fixed table of the names that may occur and gives each a
stand-in of its own that stores what it is given; any other name ends the reading. No function of another package ever gets
arguments from the file, and tensors stay bytes until `stylegan.checkpoints.pickled_values` opens the ones asked for.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from stylegan.checkpoints.pickled_values import ArrayRecord, DtypeRecord, StorageRecord, TensorRecord, number
from stylegan.errors import CheckpointError


@dataclass(frozen=True)
class PersistentObject:
    """An object of the makers' persistence: what its class is called and its attributes; the source text is left behind.

    Attributes:
        class_name: Name of its class, such as "Generator".
        state: Its attributes by name.
    """

    class_name: str
    state: Mapping[str, Any]

    def __setstate__(self, state: object) -> NoReturn:
        raise pickle.UnpicklingError("a persistent object takes no further state")


class Items(dict[Any, Any]):
    """Stands for dictionaries of other classes; their attributes are left behind."""

    __slots__ = ()

    def __setstate__(self, state: object) -> None:
        """Leaves attributes out."""


class StandIn:
    """What a name of the file stands for: a function of this module that stores its arguments.

    Args:
        function: The function; only its positional arguments come from the file.
    """

    __slots__ = ("_function",)

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    def __call__(self, *arguments: Any) -> Any:
        """Stores the arguments."""
        return self._function(*arguments)

    def __setstate__(self, state: object) -> NoReturn:
        raise pickle.UnpicklingError("a function takes no state")


def read_data_pickle(path: Path) -> Any:
    """Reads a pickle as data.

    Args:
        path: The file.

    Returns:
        Its object: plain containers, numbers and texts, `PersistentObject`, and records of tensors and arrays.

    Raises:
        CheckpointError: The file names anything but what such files consist of, or is damaged.
    """
    with path.open("rb") as file:
        try:
            return _DataUnpickler(file, path).load()
        except CheckpointError:
            raise
        # A damaged file can fail at any step of the unpickler, with any kind of error.
        except Exception as error:
            raise CheckpointError(
                f"{path} is not a readable checkpoint: a pickle that is damaged, cut off or something else "
                f"({type(error).__name__}); fetch it again"
            ) from error


class _DataUnpickler(pickle.Unpickler):
    def __init__(self, file: Any, path: Path) -> None:
        super().__init__(file)
        self._path = path

    def find_class(self, module: str, name: str, /) -> Any:
        """The stand-in of a name, from the table alone."""
        if module.startswith("dnnlib.tflib"):
            raise CheckpointError(
                f"{self._path} is a pickle of TensorFlow (dnnlib.tflib), which is not read; take the network's file for "
                "PyTorch, or convert it with legacy.py of NVLabs's stylegan2-ada-pytorch"
            )
        if (module, name) not in _STAND_INS:
            raise CheckpointError(
                f"{self._path} holds code, which is never run: it names {module}.{name}, which no file of StyleGAN2 or "
                "StyleGAN3 needs; fetch it from its makers, or save its state dicts alone"
            )
        return _STAND_INS[module, name]

    def persistent_load(self, pid: Any, /) -> NoReturn:
        """Refuses references to what lies outside of the file."""
        raise CheckpointError(
            f"{self._path} refers to something outside of it, as no file of NVLabs does; it is not opened"
        )


def _persistent_object(meta: Mapping[str, Any]) -> PersistentObject:
    if meta["type"] != "class" or not isinstance(meta["class_name"], str) or not isinstance(meta["state"], dict):
        raise pickle.UnpicklingError("a persistent object without a class and a state")
    return PersistentObject(meta["class_name"], meta["state"])


def _parameter(tensor: TensorRecord, requires_grad: bool, hooks: object) -> TensorRecord:
    if not isinstance(tensor, TensorRecord):
        raise pickle.UnpicklingError("a parameter that is no tensor")
    return tensor


def _tensor(storage: StorageRecord, offset: int, size: Any, stride: Any, *_: object) -> TensorRecord:
    return TensorRecord(storage, offset, tuple(size), tuple(stride))


def _array(kind: object, shape: object, code: object) -> ArrayRecord:
    return ArrayRecord()


def _encoded(text: str, encoding: str) -> bytes:
    if encoding != "latin1":
        raise pickle.UnpicklingError("text in another encoding than latin1")
    return text.encode("latin1")


def _set(items: list[Any]) -> set[Any]:
    return set(items)


def _stand_ins() -> dict[tuple[str, str], Any]:
    table: dict[tuple[str, str], Any] = {
        ("torch_utils.persistence", "_reconstruct_persistent_obj"): StandIn(_persistent_object),
        ("dnnlib.util", "EasyDict"): Items,
        ("collections", "OrderedDict"): Items,
        ("torch._utils", "_rebuild_parameter"): StandIn(_parameter),
        ("torch._utils", "_rebuild_tensor_v2"): StandIn(_tensor),
        ("torch.storage", "_load_from_bytes"): StandIn(StorageRecord),
        ("torch", "Size"): StandIn(tuple),
        ("numpy", "ndarray"): StandIn(ArrayRecord),
        ("numpy", "dtype"): StandIn(DtypeRecord),
        ("_codecs", "encode"): StandIn(_encoded),
    }
    for module in ("builtins", "__builtin__"):
        table[module, "set"] = StandIn(_set)
    for module in ("numpy.core.multiarray", "numpy._core.multiarray"):
        table[module, "scalar"] = StandIn(number)
        table[module, "_reconstruct"] = StandIn(_array)
    return table


_STAND_INS = _stand_ins()
