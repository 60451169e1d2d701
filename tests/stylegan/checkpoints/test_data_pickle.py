"""Pickles are read as data: what belongs to a network comes out, and nothing that a file says is run."""

import builtins
import os
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from stylegan import CheckpointError, load_checkpoint
from stylegan.checkpoints.data_pickle import PersistentObject, read_data_pickle
from tests.stylegan.checkpoints.nvlabs_files import (
    EasyDict,
    Network,
    Persistent,
    dumps,
    persistent,
    storage_bytes,
    write,
)
from tests.stylegan.golden_networks import stylegan2_generator


class Call:
    """Calls a function when it is unpickled in the usual way."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> tuple[Any, ...]:
        return self.call


def refused(path: Path, payload: Any, message: str, protocol: int = 4) -> None:
    write(path, payload, protocol)
    with pytest.raises(CheckpointError, match=message) as caught:
        load_checkpoint(path)
    assert "\n" not in str(caught.value)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "network.pkl"


@pytest.fixture
def ran(tmp_path: Path) -> Any:
    """Where a trap would leave its trace; it is looked for when the test has ended."""
    trace = tmp_path / "ran"
    yield trace
    assert not trace.exists()


def generator(**changes: Any) -> Persistent:
    return persistent("Generator", stylegan2_generator("u32"), {}, **{"conv_clamp": 256, **changes})


@pytest.mark.parametrize("protocol", [2, 3, 4])
def test_plain_data_comes_out(file: Path, protocol: int) -> None:
    values = {
        "e": EasyDict(a=1),
        "o": OrderedDict(b=2),
        "s": {3},
        "n": np.float32(0.5),
        "a": np.arange(4).reshape(2, 2),
    }
    found = read_data_pickle(
        write(file, {**values, "p": Persistent("Layer", {"k": 4}), "t": torch.arange(3.0)}, protocol)
    )
    assert (found["e"], found["o"], found["s"], found["n"]) == ({"a": 1}, {"b": 2}, {3}, 0.5)
    assert found["a"].array.tolist() == [[0, 1], [2, 3]]
    assert found["p"] == PersistentObject("Layer", {"k": 4})
    assert found["t"].open("t").tolist() == [0.0, 1.0, 2.0]


def test_commands_at_the_top(file: Path, ran: Path) -> None:
    refused(file, Call(os.system, f"touch {ran}"), r"names posix.system, which no file of StyleGAN2")
    refused(file, {"G_ema": Call(exec, f"open({str(ran)!r}, 'w')")}, "names builtins.exec")
    refused(file, {"G_ema": generator(), "D": Call(getattr, "text", "upper")}, "names builtins.getattr")
    refused(file, {"G_ema": generator(), "x": Call(builtins.eval, "1")}, "names __builtin__.eval", protocol=2)


@pytest.mark.parametrize("wrap", ["old", "zip"])
def test_commands_inside_of_a_storage(file: Path, ran: Path, wrap: str, tmp_path: Path) -> None:
    trap = Call(os.system, f"touch {ran}")
    if wrap == "old":
        data = storage_bytes(trap)
    else:
        torch.save(trap, tmp_path / "inner")
        data = (tmp_path / "inner").read_bytes()
    tensor = Call(torch._utils._rebuild_tensor_v2, Call(torch.storage._load_from_bytes, data), 0, (1,), (1,), False, {})
    network = generator()
    network.meta["state"]["_modules"]["mapping"].meta["state"]["_buffers"]["w_avg"] = tensor
    refused(file, {"G_ema": network}, "entry mapping.w_avg is stored as something else than numbers")


def test_a_known_call_with_another_function(file: Path, ran: Path) -> None:
    data = dumps({"G_ema": generator(), "s": {f"touch {ran}"}}, 3)
    assert data.count(b"cbuiltins\nset\n") > 0
    file.write_bytes(data.replace(b"cbuiltins\nset\n", b"cposix\nsystem\n"))
    with pytest.raises(CheckpointError, match=r"names posix.system"):
        load_checkpoint(file)


def test_the_source_of_modules_is_not_run(file: Path, ran: Path) -> None:
    network = generator()
    network.meta["module_src"] = f"open({str(ran)!r}, 'w')"
    write(file, {"G_ema": network})
    assert load_checkpoint(file).resolution == 32


def test_states_do_not_reach_the_reader(file: Path) -> None:
    """The opcode that sets attributes is no way to change the stand-ins themselves."""
    for target in (Call(set, [1]), EasyDict()):
        body = dumps(target, 2)[:-1]
        file.write_bytes(body + dumps((None, {"find_class": 1}), 2)[2:-1] + b"b.")
        if isinstance(target, EasyDict):
            assert read_data_pickle(file) == {}
        else:
            with pytest.raises(CheckpointError, match="is not a readable checkpoint"):
                read_data_pickle(file)
    for name in (b"cdnnlib.util\nEasyDict\n", b"cbuiltins\nset\n", b"cnumpy\ndtype\n"):
        file.write_bytes(b"\x80\x02" + name + dumps((None, {"__doc__": "x"}), 2)[2:-1] + b"b.")
        with pytest.raises(CheckpointError, match="is not a readable checkpoint"):
            read_data_pickle(file)


def test_numbers_that_are_objects(file: Path) -> None:
    scalar = type(np.float64(1.0)).__reduce__(np.float64(1.0))[0]  # type: ignore[attr-defined]
    refused(file, Call(scalar, np.dtype("O"), b"12345678"), "is not a readable checkpoint")
    refused(file, Call(scalar, np.dtype("f8"), b"1234567"), "is not a readable checkpoint")
    refused(file, {"a": np.array([None])}, "is not a readable checkpoint")


def test_a_tensor_outside_of_its_storage(file: Path) -> None:
    storage = Call(torch.storage._load_from_bytes, storage_bytes(torch.arange(16.0)._typed_storage()))
    for offset, size, stride in ((0, (17,), (1,)), (4, (4, 4), (4, 1)), (0, (2,), (-1,)), (0, (16,), (1 << 40,))):
        network = generator()
        tensor = Call(torch._utils._rebuild_tensor_v2, storage, offset, size, stride, False, OrderedDict())
        network.meta["state"]["_modules"]["mapping"].meta["state"]["_buffers"]["w_avg"] = tensor
        refused(file, {"G_ema": network}, "entry mapping.w_avg of shape .* reaches outside of its 16 stored numbers")


def test_a_reference_to_something_outside(file: Path) -> None:
    file.write_bytes(b"\x80\x02X\x05\x00\x00\x00otherQ.")
    with pytest.raises(CheckpointError, match="refers to something outside of it"):
        load_checkpoint(file)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_file_that_is_cut(file: Path, share: float) -> None:
    data = dumps({"G_ema": generator()})
    file.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(CheckpointError, match=r"network.pkl is not a readable checkpoint: .* fetch it again"):
        load_checkpoint(file)


def test_a_pickle_of_something_else(file: Path) -> None:
    refused(file, {"G": generator(), "D": None}, "expected a pickle of NVLabs with a network under G_ema, found G, D")
    refused(file, [1, 2], "found a list")
    refused(file, {"G_ema": None}, "found G_ema")


def test_tensorflow_is_named(file: Path) -> None:
    refused(file, (Network(), Network(), Network()), "is a pickle of TensorFlow .* take the network's file for PyTorch")
