import pytest
import torch
from torch.nn import functional as F

from stylegan.stylegan1.resampling import Blur, shifted_sum, upsample_nearest


def test_upsample_nearest_repeats_pixels() -> None:
    x = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
    expected = torch.tensor([[1.0, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]])
    assert torch.equal(upsample_nearest(x)[0, 0], expected)


def test_shifted_sum_of_a_single_one_is_a_block_of_four() -> None:
    kernel = torch.zeros(1, 1, 3, 3)
    kernel[0, 0, 1, 2] = 1.0
    expected = torch.tensor([[0.0, 0, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 0, 0]])
    assert torch.equal(shifted_sum(kernel)[0, 0], expected)


def test_shifted_sum_makes_strided_convolution_equal_convolution_and_pooling() -> None:
    torch.manual_seed(0)
    x, kernel = torch.randn(2, 3, 8, 8), torch.randn(5, 3, 3, 3)
    expected = F.avg_pool2d(F.conv2d(x, kernel, padding=1), 2)
    actual = F.conv2d(x, shifted_sum(kernel) / 4, stride=2, padding=1)
    torch.testing.assert_close(actual, expected, rtol=1e-4, atol=1e-5)


def test_shifted_sum_makes_transposed_convolution_equal_upsampling_with_the_mirrored_kernel() -> None:
    torch.manual_seed(0)
    x, kernel = torch.randn(2, 3, 4, 4), torch.randn(5, 3, 3, 3)
    expected = F.conv2d(upsample_nearest(x), kernel.flip(2, 3), padding=1)
    actual = F.conv_transpose2d(x, shifted_sum(kernel).transpose(0, 1), stride=2, padding=1)
    torch.testing.assert_close(actual, expected, rtol=1e-4, atol=1e-5)


def test_blur_of_a_point_and_bias() -> None:
    x = torch.zeros(1, 2, 3, 3)
    x[0, 1, 1, 1] = 16.0
    result = Blur(2)(x, torch.tensor([0.5, 0.0]))
    assert torch.equal(result[0, 0], torch.full((3, 3), 0.5))
    assert torch.equal(result[0, 1], torch.tensor([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]]))


@pytest.mark.parametrize("channels", [1, 3])
def test_blur_kernel_is_a_buffer(channels: int) -> None:
    assert tuple(Blur(channels).state_dict()["kernel"].shape) == (channels, 1, 3, 3)
