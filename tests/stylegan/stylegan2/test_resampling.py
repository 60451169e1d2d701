import torch
from torch.nn import functional as F

from stylegan.stylegan2.resampling import double, low_pass_filter, smooth


def test_the_filter_by_hand() -> None:
    assert torch.equal(low_pass_filter()[0] * 64, torch.tensor([1.0, 3.0, 3.0, 1.0]))
    assert low_pass_filter().sum() == 1.0


def test_doubling_is_zeros_between_pixels_and_the_filter() -> None:
    image = torch.randn(2, 3, 4, 4)
    spread = torch.zeros(2, 3, 8, 8)
    spread[:, :, ::2, ::2] = image
    padded = F.pad(spread, (2, 1, 2, 1))
    expected = F.conv2d(padded, (4 * low_pass_filter()).expand(3, 1, 4, 4), groups=3)
    torch.testing.assert_close(double(image), expected)


def test_doubling_in_the_middle_mixes_neighbours_three_to_one() -> None:
    row = torch.tensor([0.0, 4.0, 8.0, 0.0])
    image = row.expand(1, 1, 4, 4)
    torch.testing.assert_close(double(image)[0, 0, 4], torch.tensor([0.0, 1.0, 3.0, 5.0, 7.0, 6.0, 2.0, 0.0]))


def test_every_second_pixel_of_a_filtered_map() -> None:
    x = torch.randn(1, 2, 8, 8)
    torch.testing.assert_close(smooth(x, padding=1, stride=2), smooth(x, padding=1)[:, :, ::2, ::2])
    assert smooth(x, padding=2).shape == (1, 2, 9, 9)
