"""The geometry against the published table of T and R at 1024 pixels (Karras et al. 2021, supplement)."""

from typing import Any

import pytest

from stylegan import ConfigError
from stylegan.stylegan3.config import GeneratorConfig
from stylegan.stylegan3.layers import SynthesisLayer

CHANNELS = (512, 512, 512, 512, 512, 512, 512, 323, 203, 128, 81, 51, 32, 32, 3)
# Layer -> cutoff, half width, rate, size.
TABLE = {
    0: (2.0, 6.0, 16, 36),
    1: (3.1748, 4.8252, 16, 36),
    5: (20.1587, 43.8413, 128, 148),
    8: (80.6349, 47.3651, 256, 276),
    10: (203.1873, 308.8127, 1024, 1044),
    12: (512.0, 118.3459, 1024, 1044),
    13: (512.0, 118.3459, 1024, 1024),
    14: (512.0, 118.3459, 1024, 1024),
}
# Layer -> up, down, padding of T, padding of R.
SAMPLING = {
    0: (2, 2, (9, 8), (11, 10)),
    2: (4, 2, (-6, -9), (-2, -5)),
    13: (2, 2, (-11, -12), (-9, -10)),
    14: (1, 1, (0, 0), (0, 0)),
}


def config(**settings: Any) -> GeneratorConfig:
    return GeneratorConfig.from_dict({"resolution": 1024, "channels": CHANNELS, **settings})


@pytest.mark.parametrize("index", TABLE)
def test_geometry(index: int) -> None:
    cutoff, half_width, rate, size = TABLE[index]
    found = config().geometry(index)
    assert (found.rate, found.size) == (rate, size)
    assert found.cutoff == pytest.approx(cutoff, abs=1e-4)
    assert found.half_width == pytest.approx(half_width, abs=1e-4)


@pytest.mark.parametrize("index", SAMPLING)
def test_sampling(index: int) -> None:
    up, down, of_t, of_r = SAMPLING[index]
    small = config(channels=(2,) * 14 + (3,))
    layers = SynthesisLayer(small, index), SynthesisLayer(small.replace(kernel=1, radial=True), index)
    assert [(layer.up, layer.down, layer.padding) for layer in layers] == [(up, down, of_t), (up, down, of_r)]


def test_names_and_number_of_ws() -> None:
    assert [config().layer_name(index) for index in (0, 7, 14)] == ["L0_36_512", "L7_276_323", "L14_1024_3"]
    assert config().num_ws == 16


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"resolution": 1000}, "resolution must be a power of two from 16 to 2048, got 1000"),
        ({"channels": (3, 3)}, "channels must be a list of one number for each layer, at least 4"),
        ({"num_critical": 14}, "num_critical must be below the last layer's number 14, got 14"),
        ({"filter_size": 10**9}, "filter_size must be at most 64, got 1000000000"),
        ({"output_scale": "1"}, "output_scale must be a number, got '1'"),
        ({"first_cutoff": 5.0}, "first_cutoff must lie above 0 and below first_stopband"),
    ],
)
def test_settings_that_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        config(**settings)
