import pytest
import torch
from torch.nn import functional as F

from stylegan.stylegan3.resampling import downsample, upsample


@pytest.mark.parametrize("padding", [(9, 8), (11, 10), (-6, -9), (14, 13)])
@pytest.mark.parametrize("factor", [2, 4])
def test_upsampling_is_zeros_padding_and_the_filter(factor: int, padding: tuple[int, int]) -> None:
    x = torch.randn(1, 2, 20, 20, dtype=torch.float64)
    line = torch.rand(6 * factor, dtype=torch.float64)
    line = line + line.flip(0)
    spread = torch.zeros(1, 2, 20 * factor, 20 * factor, dtype=torch.float64)
    spread[:, :, ::factor, ::factor] = x
    padded = F.pad(spread, (*padding, *padding))
    kernel = torch.outer(line, line) * factor**2
    expected = F.conv2d(padded, kernel.expand(2, 1, *kernel.shape), groups=2)
    torch.testing.assert_close(upsample(x, line, factor, padding), expected)


def test_downsampling_with_a_separable_filter_equals_that_with_its_square() -> None:
    x, line = torch.randn(1, 3, 18, 18), torch.rand(6)
    torch.testing.assert_close(downsample(x, line, 2), downsample(x, torch.outer(line, line), 2))
    assert downsample(x, line, 2).shape == (1, 3, 7, 7)
