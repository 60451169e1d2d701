import pytest
import torch

from segmentation.backends import BackendOptions
from segmentation.errors import SegmentationError


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"precision": "int8"}, "expected one of fp32, bf16, fp16"), ({"device": "abacus"}, "expected cpu, cuda")],
)
def test_unknown_settings_are_refused(settings, message):
    with pytest.raises(SegmentationError, match=message):
        BackendOptions(**settings)


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has cuda")
def test_a_missing_device_is_named():
    with pytest.raises(SegmentationError, match="this machine has no cuda"):
        BackendOptions(device="cuda:0")


def test_precision_sets_the_numbers_of_linear_layers():
    layer, x = torch.nn.Linear(2, 2), torch.zeros(1, 2)
    with BackendOptions().autocast():
        assert layer(x).dtype == torch.float32
    with BackendOptions(precision="bf16").autocast():
        assert layer(x).dtype == torch.bfloat16
