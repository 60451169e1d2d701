import torch
from torch.nn import functional as F

from stylegan.stylegan2.styled_layers import StyledConv, ToRGB


def test_scaled_maps_equal_scaled_weights() -> None:
    """Karras et al. 2020, equations 1 and 3, computed image by image with weights of its own."""
    layer = StyledConv(4, 5, 6, 8, clamp=None)
    x, w = torch.randn(2, 4, 8, 8), torch.randn(2, 6)
    style = layer.affine(w)
    for index in range(2):
        weight = layer.weight * style[index][:, None, None]
        weight = weight / torch.sqrt(weight.square().sum(dim=(1, 2, 3), keepdim=True) + 1e-8)
        drawn = F.conv2d(x[index], weight, padding=1) + layer.bias[:, None, None]
        expected = F.leaky_relu(drawn, 0.2) * 2**0.5
        torch.testing.assert_close(layer(x, w, "none")[index], expected)


def test_noise_is_added_before_the_activation() -> None:
    layer = StyledConv(2, 1, 3, 4, clamp=None)
    with torch.no_grad():
        layer.noise_strength.fill_(-2.0)
        layer.bias.fill_(1.0)
    # Without an input, what is left is the activation of bias and noise.
    expected = F.leaky_relu(1.0 - 2.0 * layer.noise_const, 0.2) * 2**0.5
    torch.testing.assert_close(layer(torch.zeros(1, 2, 4, 4), torch.zeros(1, 3), "stored")[0, 0], expected)


def test_the_clamp_comes_after_the_gain() -> None:
    layer = StyledConv(1, 1, 1, 4, clamp=0.5)
    with torch.no_grad():
        layer.bias.fill_(0.4)
    # 0.4 * sqrt(2) = 0.57 lies above 0.5.
    assert torch.equal(layer(torch.zeros(1, 1, 4, 4), torch.zeros(1, 1), "none"), torch.full((1, 1, 4, 4), 0.5))


def test_to_rgb_has_no_demodulation() -> None:
    layer = ToRGB(4, 3, 2, clamp=None)
    with torch.no_grad():
        layer.weight.fill_(1.0)
    # The styles of w = 0 are 1, divided by sqrt(4); four channels of ones give 4 / 2.
    torch.testing.assert_close(layer(torch.ones(1, 4, 2, 2), torch.zeros(1, 2)), torch.full((1, 3, 2, 2), 2.0))
