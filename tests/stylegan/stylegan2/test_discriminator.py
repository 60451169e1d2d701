from pathlib import Path

import numpy as np
import pytest
import torch

from stylegan import InputError
from tests.stylegan.golden_networks import STYLEGAN2, golden_colours, golden_latents, stylegan2_discriminator

DATA = Path(__file__).parents[2] / "data"


@pytest.mark.parametrize("name", STYLEGAN2)
@torch.no_grad()
def test_scores_equal_the_published_implementation(name: str) -> None:
    discriminator = stylegan2_discriminator(name)
    images = golden_colours(discriminator.config.resolution)
    _, labels = golden_latents(1, discriminator.config.label_size)
    with np.load(DATA / "stylegan2.npz") as stored:
        deviation = stored[f"{name}.d8"].std()
        for batch in (8, 4, 1):
            scores = discriminator(images[:batch], None if labels is None else labels[:batch]).numpy()
            np.testing.assert_allclose(scores, stored[f"{name}.d{batch}"], atol=1e-4 * deviation, rtol=0)


def test_what_does_not_fit_is_refused() -> None:
    discriminator = stylegan2_discriminator("c32")
    with pytest.raises(InputError, match=r"expected images of shape \(B, 3, 32, 32\), got \(2, 3, 16, 16\)"):
        discriminator(torch.zeros(2, 3, 16, 16))
    with pytest.raises(InputError, match=r"expected labels of shape \(2, 3\), got none"):
        discriminator(torch.zeros(2, 3, 32, 32))
