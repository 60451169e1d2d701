import math

import torch

from segmentation.facexformer.transformer import Attention, FourierPosition, TwoWayTransformer


def test_position_code_by_hand():
    code = FourierPosition()
    code.positional_encoding_gaussian_matrix.zero_()
    code.positional_encoding_gaussian_matrix[0, 0] = 1.0  # frequency 1 along x
    code.positional_encoding_gaussian_matrix[1, 1] = 0.5  # frequency 1/2 along y
    result = code(2, 4)
    assert result.shape == (1, 8, 256)
    # Row 0, column 1 of 2x4: x = 1.5 / 4 * 2 - 1 = -0.25, y = 0.5 / 2 * 2 - 1 = -0.5.
    pixel = result[0, 1]
    torch.testing.assert_close(pixel[0], torch.tensor(math.sin(2 * math.pi * -0.25)))
    torch.testing.assert_close(pixel[1], torch.tensor(math.sin(2 * math.pi * 0.5 * -0.5)))
    torch.testing.assert_close(pixel[128 + 1], torch.tensor(math.cos(2 * math.pi * 0.5 * -0.5)))


def test_equal_keys_give_the_mean_of_the_values():
    attention = Attention(128)
    with torch.no_grad():
        for layer in (attention.k_proj, attention.q_proj):
            layer.weight.zero_()
        values = torch.randn(1, 5, 256)
        expected = attention.out_proj(attention.v_proj(values).mean(dim=1, keepdim=True)).expand(1, 3, 256)
        torch.testing.assert_close(attention(torch.randn(1, 3, 256), values, values), expected, atol=1e-5, rtol=1e-4)


def test_shapes():
    tokens, image = TwoWayTransformer()(torch.randn(2, 18, 256), torch.randn(2, 12, 256), torch.randn(1, 12, 256))
    assert tokens.shape == (2, 18, 256)
    assert image.shape == (2, 12, 256)
