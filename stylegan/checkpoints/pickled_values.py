"""Tensors, arrays and numbers as a pickle describes them, and how they are opened once their description is checked.

What a file says of itself is held against its bytes before anything is built: a tensor has to lie inside of its storage, an
array has to have the bytes that its shape asks for, and types are numbers of one to eight bytes.
"""

from __future__ import annotations

import io
import math
import pickle
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import torch
from torch import Tensor

from stylegan.errors import CheckpointError

NUMBER_CODES = ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1")
BYTE_ORDERS = ("<", ">", "|", "=")
STORAGE_TYPES = {
    "FloatStorage": torch.float32,
    "HalfStorage": torch.float16,
    "DoubleStorage": torch.float64,
    "BFloat16Storage": torch.bfloat16,
    "ByteStorage": torch.uint8,
    "CharStorage": torch.int8,
    "ShortStorage": torch.int16,
    "IntStorage": torch.int32,
    "LongStorage": torch.int64,
    "BoolStorage": torch.bool,
}
OLD_MAGIC_NUMBER, OLD_VERSION = 0x1950A86A20F9469CFC6C, 1001


@dataclass(frozen=True)
class StorageRecord:
    """A tensor's numbers: the bytes of a whole file of PyTorch, a pickle inside of the pickle, which stays closed for now.

    Attributes:
        data: The bytes.
    """

    data: bytes

    def __setstate__(self, state: object) -> NoReturn:
        raise pickle.UnpicklingError("a storage takes no state")


@dataclass(frozen=True)
class TensorRecord:
    """A view of a storage.

    Attributes:
        storage: The numbers.
        offset: Number of the first element.
        size: The shape.
        stride: Elements from one to the next along each dimension.
    """

    storage: StorageRecord
    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]

    def __setstate__(self, state: object) -> NoReturn:
        raise pickle.UnpicklingError("a tensor takes no state")

    def open(self, name: str) -> Tensor:
        """Builds the tensor.

        Args:
            name: What it is called, for error messages.

        Raises:
            CheckpointError: Its bytes are no storage, or it reaches outside of them.
        """
        numbers = _open_storage(self.storage, name)
        count = len(numbers)
        whole = (self.offset, *self.size, *self.stride)
        is_described = len(self.size) == len(self.stride) and all(type(value) is int and value >= 0 for value in whole)
        # Without this check PyTorch would enlarge the storage with whatever lies in memory.
        if not is_described or (self._end() > count and 0 not in self.size):
            raise CheckpointError(
                f"entry {name} of shape {self.size} reaches outside of its {count} stored numbers; fetch the file again"
            )
        return numbers.as_strided(self.size, self.stride, self.offset)

    def _end(self) -> int:
        steps = zip(self.size, self.stride, strict=True)
        return self.offset + sum((size - 1) * stride for size, stride in steps) + 1


def _open_storage(record: StorageRecord, name: str) -> Tensor:
    """The numbers of a storage as one axis."""
    problem = f"entry {name} is stored as something else than numbers; the file is not opened further"
    if not isinstance(record, StorageRecord) or not isinstance(record.data, bytes):
        raise CheckpointError(problem)
    try:
        return read_storage(record.data)
    # A damaged or forged storage can fail at any step of the unpickler, with any kind of error.
    except Exception as error:
        raise CheckpointError(problem) from error


def read_storage(data: bytes) -> Tensor:
    """Reads one storage in PyTorch's format from before 1.6, of which the numbers alone are taken.

    The format is a row of pickles: a number by which it is told, its version, facts of the machine, what is stored, and the
    names of storages; then the count of elements in eight bytes and the elements.

    Args:
        data: The bytes of the file.

    Returns:
        `(elements,)`.

    Raises:
        ValueError: It is another format.
        pickle.UnpicklingError: It holds anything else, or is damaged.
    """
    file = io.BytesIO(data)
    magic, version, machine, stored, keys = (_StorageUnpickler(file).load() for _ in range(5))
    if (magic, version) != (OLD_MAGIC_NUMBER, OLD_VERSION) or not machine["little_endian"]:
        raise ValueError("expected a storage in PyTorch's old format, little-endian")
    # Where it was, such as a GPU, is of no consequence.
    kind, dtype, key, _, elements, view = stored
    start = file.tell() + 8
    if (
        kind != "storage"
        or keys != [key]
        or view is not None
        or int.from_bytes(data[start - 8 : start], "little") != elements
    ):
        raise ValueError("expected one whole storage")
    end = start + elements * dtype.itemsize
    if end > len(data):
        raise ValueError("a storage that is cut off")
    return torch.frombuffer(bytearray(data[start:end]), dtype=dtype) if elements else torch.empty(0, dtype=dtype)


class _StorageUnpickler(pickle.Unpickler):
    """Knows the types of storages and nothing else."""

    def find_class(self, module: str, name: str, /) -> torch.dtype:
        if module != "torch" or name not in STORAGE_TYPES:
            raise pickle.UnpicklingError(f"a storage that names {module}.{name}")
        return STORAGE_TYPES[name]

    def persistent_load(self, pid: Any, /) -> Any:
        return pid


class DtypeRecord:
    """The type of an array's numbers.

    Args:
        code: NumPy's code, such as "f8".
        align: Not read.
        copy: Not read.
    """

    __slots__ = ("code", "order")

    def __init__(self, code: str, align: object = False, copy: object = False) -> None:
        if code not in NUMBER_CODES:
            raise pickle.UnpicklingError(f"an array of type {code!r}, which is no number")
        self.code, self.order = code, "="

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        """Takes the byte order."""
        if state[1] not in BYTE_ORDERS:
            raise pickle.UnpicklingError("a type of unknown byte order")
        self.order = state[1]

    def build(self) -> np.dtype[Any]:
        """NumPy's own type."""
        return np.dtype(self.order + self.code)


class ArrayRecord:
    """An array of NumPy; its content comes as its state."""

    __slots__ = ("array",)

    def __init__(self) -> None:
        self.array: np.ndarray[Any, np.dtype[Any]] | None = None

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        """Takes version, shape, type, order of the axes and bytes."""
        _, shape, kind, is_fortran, data = state
        if not isinstance(kind, DtypeRecord) or not isinstance(data, bytes):
            raise pickle.UnpicklingError("an array of something else than numbers")
        dtype = kind.build()
        if not all(type(side) is int and side >= 0 for side in shape) or math.prod(shape) * dtype.itemsize != len(data):
            raise pickle.UnpicklingError("an array whose shape does not fit its bytes")
        self.array = np.frombuffer(data, dtype).reshape(shape, order="F" if is_fortran else "C")


def number(kind: DtypeRecord, data: bytes) -> int | float | bool:
    """A scalar of NumPy as a plain number.

    Raises:
        pickle.UnpicklingError: Type and bytes do not fit.
    """
    if not isinstance(kind, DtypeRecord) or not isinstance(data, bytes) or len(data) != kind.build().itemsize:
        raise pickle.UnpicklingError("a number of another size than its type's")
    value: int | float | bool = np.frombuffer(data, kind.build())[0].item()
    return value
