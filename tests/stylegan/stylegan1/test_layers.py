import math

import pytest
import torch
from torch.nn import functional as F

from stylegan.stylegan1.layers import (
    Blur,
    EqualizedConv,
    EqualizedDense,
    leaky_relu,
    pixel_norm,
    shifted_sum,
    upsample_nearest,
)


def test_pixel_norm_of_a_known_vector() -> None:
    # root mean square of (3, 4) is sqrt(12.5)
    expected = torch.tensor([[3.0, 4.0]]) / math.sqrt(12.5)
    torch.testing.assert_close(pixel_norm(torch.tensor([[3.0, 4.0]])), expected)


def test_leaky_relu_slope() -> None:
    torch.testing.assert_close(leaky_relu(torch.tensor([-5.0, 0.0, 2.0])), torch.tensor([-1.0, 0.0, 2.0]))


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


def test_dense_scales_weight_and_bias() -> None:
    layer = EqualizedDense(4, 1, gain=1.0, lr_mul=0.01)
    with torch.no_grad():
        layer.weight.fill_(100.0)
        layer.bias.fill_(50.0)
    # weight 100 * 1 / sqrt(4) * 0.01 = 0.5 for each of four ones, bias 50 * 0.01 = 0.5
    torch.testing.assert_close(layer(torch.ones(1, 4)), torch.tensor([[2.5]]))


def test_dense_starts_with_weights_divided_by_the_multiplier() -> None:
    torch.manual_seed(0)
    layer = EqualizedDense(64, 64, lr_mul=0.01)
    assert 95 < layer.weight.std().item() < 105
    assert not layer.bias.any()


def test_convolution_scale_and_padding() -> None:
    layer = EqualizedConv(2, 1)
    with torch.no_grad():
        layer.weight.fill_(1.0)
        layer.bias.fill_(1.0)
    result = layer(torch.ones(1, 2, 3, 3))
    # sqrt(2) / sqrt(2 * 9) = 1/3 for each of 18 (centre) or 8 (corner) ones, and the bias
    torch.testing.assert_close(result[0, 0, 1, 1], torch.tensor(18 / 3 + 1))
    torch.testing.assert_close(result[0, 0, 0, 0], torch.tensor(8 / 3 + 1))


def test_blur_of_a_point_and_bias() -> None:
    x = torch.zeros(1, 2, 3, 3)
    x[0, 1, 1, 1] = 16.0
    result = Blur(2)(x, torch.tensor([0.5, 0.0]))
    assert torch.equal(result[0, 0], torch.full((3, 3), 0.5))
    assert torch.equal(result[0, 1], torch.tensor([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]]))


@pytest.mark.parametrize("channels", [1, 3])
def test_blur_kernel_is_a_buffer(channels: int) -> None:
    assert tuple(Blur(channels).state_dict()["kernel"].shape) == (channels, 1, 3, 3)
