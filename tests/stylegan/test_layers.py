import math

import torch

from stylegan.layers import (
    EqualizedConv,
    EqualizedDense,
    activate,
    append_minibatch_deviation,
    leaky_relu,
    pixel_norm,
)


def test_pixel_norm_of_a_known_vector() -> None:
    # root mean square of (3, 4) is sqrt(12.5)
    expected = torch.tensor([[3.0, 4.0]]) / math.sqrt(12.5)
    torch.testing.assert_close(pixel_norm(torch.tensor([[3.0, 4.0]])), expected)


def test_leaky_relu_slope() -> None:
    torch.testing.assert_close(leaky_relu(torch.tensor([-5.0, 0.0, 2.0])), torch.tensor([-1.0, 0.0, 2.0]))


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


def test_minibatch_deviation_by_hand() -> None:
    # Four images of one pixel and two channels in two groups of two: images 0 and 2, images 1 and 3.
    x = torch.tensor([[0.0, 0.0], [5.0, 1.0], [2.0, 6.0], [5.0, 1.0]]).view(4, 2, 1, 1)
    result = append_minibatch_deviation(x, 2)
    assert torch.equal(result[:, :2], x)
    # group (0, 2): deviations 1 and 3, mean 2; group (1, 3): equal images, sqrt(1e-8)
    torch.testing.assert_close(result[:, 2].flatten(), torch.tensor([2.0, 1e-4, 2.0, 1e-4]))


def test_a_small_batch_is_one_group() -> None:
    x = torch.tensor([1.0, 3.0]).view(2, 1, 1, 1)
    torch.testing.assert_close(append_minibatch_deviation(x, 4)[:, 1].flatten(), torch.tensor([1.0, 1.0]))


def test_the_activation_of_stylegan2() -> None:
    expected = torch.tensor([-math.sqrt(2.0), 0.0, 2.0 * math.sqrt(2.0)])
    torch.testing.assert_close(activate(torch.tensor([-5.0, 0.0, 2.0])), expected)
