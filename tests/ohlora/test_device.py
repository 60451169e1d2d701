import pytest
import torch

from ohlora.cli import options
from ohlora.device import DEVICES, PRECISIONS, autocast, resolve_device, resolve_precision
from ohlora.errors import DeviceError


def without_gpus(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


def test_auto_takes_what_is_there(monkeypatch):
    without_gpus(monkeypatch)
    assert resolve_device("auto") == torch.device("cpu")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert resolve_device("auto") == torch.device("mps")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert resolve_device("auto") == torch.device("cuda")


def test_a_device_stays_itself():
    assert resolve_device(torch.device("cpu")) == torch.device("cpu")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("cuda", "torch sees 0 CUDA devices; use --device auto or --device cpu"),
        ("cuda:3", "device cuda:3 was asked for"),
        ("mps", "torch sees no Apple GPU here"),
        ("tpu", "unknown device 'tpu'; choose one of auto, cpu, cuda, mps"),
        ("meta", "device meta is not supported"),
    ],
)
def test_devices_that_are_not_there(monkeypatch, name, message):
    without_gpus(monkeypatch)
    with pytest.raises(DeviceError, match=message):
        resolve_device(name)


def test_precisions():
    assert resolve_precision() == torch.float32
    assert resolve_precision("bf16") == torch.bfloat16
    with pytest.raises(DeviceError, match="fp16 needs a GPU"):
        resolve_precision("fp16", "cpu")
    with pytest.raises(DeviceError, match="unknown precision 'int8'; choose one of auto, fp32, bf16, fp16"):
        resolve_precision("int8")


def test_autocast_computes_in_the_precision_that_was_asked_for():
    matrix = torch.ones(2, 2)
    with autocast(torch.device("cpu"), torch.bfloat16):
        assert (matrix @ matrix).dtype == torch.bfloat16
    with autocast(torch.device("cpu"), torch.float32):
        assert (matrix @ matrix).dtype == torch.float32


def test_the_commands_offer_the_same_names():
    assert options._DEVICES == DEVICES
    assert options._PRECISIONS == PRECISIONS


@pytest.mark.gpu
def test_auto_is_a_gpu():
    assert resolve_device("auto").type != "cpu"
