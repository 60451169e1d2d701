"""A face's way along a slider is continuous: the shipped sliders never jump to another person between neighbouring values."""

import numpy as np
import pytest
import torch

from ohlora.generation.seeds import latents
from ohlora.hub import resolve_model
from ohlora.images.pixels import to_arrays
from ohlora.sliders.conditional import ConditionalGenerator
from ohlora.sliders.slider_model import open_slider_model

SEEDS, VALUES, DRAWN = 200, 41, 6
LARGEST = 5.0
"""Mean absolute difference of neighbouring pictures, of 255, that is still a step and no jump."""


@pytest.fixture(scope="module")
def shipped() -> ConditionalGenerator:
    model = open_slider_model(resolve_model("portraits"))
    assert isinstance(model, ConditionalGenerator)
    model.base.to(memory_format=torch.channels_last)  # type: ignore[call-arg]
    return model


@torch.no_grad()
def ramps(model: ConditionalGenerator, z: torch.Tensor, column: int, psi: float) -> torch.Tensor:
    """The w of every face along one slider, `(SEEDS, VALUES, w_dim)`."""
    slider = list(model.sliders.values())[column]
    values = torch.full((len(z), len(model.sliders)), torch.nan)
    along = []
    for value in np.linspace(slider.low, slider.high, VALUES):
        values[:, column] = float(value)
        along.append(model.edited_ws(z, values, psi)[:, 0])
    return torch.stack(along, dim=1)


@pytest.mark.slow
@pytest.mark.parametrize("psi", [0.5, 0.7, 1.0])
def test_the_largest_steps_of_every_slider_are_small(shipped: ConditionalGenerator, psi: float) -> None:
    z = torch.from_numpy(latents(range(1000, 1000 + SEEDS), shipped.z_dim))
    for column, name in enumerate(shipped.sliders):
        w = ramps(shipped, z, column, psi)
        steps = w.diff(dim=1).norm(dim=2)
        # Pictures of the longest steps of 8,000: what is far in the picture is far in w.
        longest = steps.flatten().topk(DRAWN).indices
        faces, numbers = longest // (VALUES - 1), longest % (VALUES - 1)
        pairs = torch.cat([w[faces, numbers], w[faces, numbers + 1]])
        with torch.no_grad():
            images = shipped.base.synthesise(shipped.base.truncate(pairs, 1.0))
        pixels = np.stack(list(to_arrays(images))).astype(np.int16)
        jumps = np.abs(pixels[:DRAWN] - pixels[DRAWN:]).mean(axis=(1, 2, 3))
        assert jumps.max() < LARGEST, f"{name}: {jumps.round(1)} between neighbours of seeds {(1000 + faces).tolist()}"
