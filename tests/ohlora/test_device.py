import os
import subprocess
import sys

import pytest
import torch

from ohlora import device
from ohlora.cli import options
from ohlora.device import DEVICES, PRECISIONS, ComputeSettings, autocast, resolve_device, resolve_precision
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


def with_fast_bfloat16(monkeypatch, fast):
    for name in ("_is_amx_tile_supported", "_is_avx512_bf16_supported"):
        monkeypatch.setattr(torch.cpu, name, lambda: fast, raising=False)


def test_auto_precision_is_float32_but_for_trainings_on_fast_hardware(monkeypatch):
    with_fast_bfloat16(monkeypatch, True)
    assert resolve_precision("auto", "cpu") == torch.float32
    assert resolve_precision("auto", "cpu", training=True) == torch.bfloat16
    with_fast_bfloat16(monkeypatch, False)
    assert resolve_precision("auto", "cpu", training=True) == torch.float32


def test_emulated_bfloat16_is_warned_of_once(monkeypatch, caplog):
    device._warn_of_emulation.cache_clear()
    with_fast_bfloat16(monkeypatch, True)
    resolve_precision("bf16", "cpu")
    assert not caplog.messages
    with_fast_bfloat16(monkeypatch, False)
    assert resolve_precision("bf16", "cpu") == resolve_precision("bf16", "cpu") == torch.bfloat16
    (message,) = caplog.messages
    assert message.startswith("this CPU emulates bfloat16") and "\n" not in message


def test_compute_settings_of_a_training_and_of_results(monkeypatch):
    without_gpus(monkeypatch)
    with_fast_bfloat16(monkeypatch, True)
    cpu = torch.device("cpu")
    assert ComputeSettings.find() == ComputeSettings(cpu, torch.bfloat16, devices=1, nodes=1, progress=True)
    assert ComputeSettings.find(training=False) == ComputeSettings(cpu)
    assert ComputeSettings.find(devices=2, nodes=3).world_size == 6


def test_each_process_of_a_node_has_its_own_gpu(monkeypatch):
    with_two = {"is_available": True, "device_count": 2, "is_bf16_supported": False}
    for name, value in with_two.items():
        monkeypatch.setattr(torch.cuda, name, lambda value=value: value)
    monkeypatch.setenv("LOCAL_RANK", "1")
    found = ComputeSettings.find()
    assert found == ComputeSettings(torch.device("cuda", 1), torch.float32, devices=2)
    assert ComputeSettings.find("cuda:0").device == torch.device("cuda", 0)
    with pytest.raises(DeviceError, match="at most 2 devices, which is what this machine has, got 3"):
        ComputeSettings.find(devices=3)


def test_one_process_alone_is_the_first_whatever_ranks_it_finds(monkeypatch):
    for name in ("RANK", "NODE_RANK", "LOCAL_RANK", "SLURM_PROCID"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("SLURM_NTASKS", "4")
    cpu = torch.device("cpu")
    assert ComputeSettings(cpu).is_first_process
    assert not ComputeSettings(cpu, devices=2).is_first_process
    for name in ("RANK", "NODE_RANK", "LOCAL_RANK"):
        monkeypatch.setenv(name, "0")
    assert ComputeSettings(cpu, devices=2).is_first_process  # a job of four tasks is not this run of two
    assert not ComputeSettings(cpu, devices=4).is_first_process
    with_one = {"is_available": True, "device_count": 1, "is_bf16_supported": False}
    for name, value in with_one.items():
        monkeypatch.setattr(torch.cuda, name, lambda value=value: value)
    monkeypatch.setenv("LOCAL_RANK", "what?")
    assert ComputeSettings.find().device == torch.device("cuda", 0)


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


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot copy a process")
def test_a_forked_process_computes_after_its_parent_did():
    program = """
import os, torch
import ohlora.device
torch.set_num_threads(2)
a = torch.ones(512, 512)
def product():
    return float(torch.nn.functional.conv2d(a[None, None].expand(1, 8, -1, -1), torch.ones(8, 8, 3, 3)).mean())
product()
child = os.fork()
if child == 0:
    os._exit(0 if product() == 72.0 and torch.get_num_threads() == 1 else 1)
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
