import math

import torch

from stylegan.stylegan3.fourier_features import FourierFeatures
from tests.stylegan.golden_networks import stylegan3_config


@torch.no_grad()
def test_a_wave_at_the_first_sample() -> None:
    features = FourierFeatures(stylegan3_config("t32"))
    features.weight.copy_(math.sqrt(8) * torch.eye(8))
    features.freqs.zero_()
    features.freqs[0] = torch.tensor([1.0, 0.0])
    features.phases.zero_()
    drawn = features(torch.zeros(1, 16))
    # 36 samples at a rate of 16: the first lies at -17.5 / 16; the wave runs along the width.
    assert drawn.shape == (1, 8, 36, 36)
    expected = math.sin(2 * math.pi * -17.5 / 16)
    torch.testing.assert_close(drawn[0, 0, :, 0], torch.full((36,), expected))
    assert not drawn[0, 1:].any()
