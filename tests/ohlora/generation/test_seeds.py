import numpy as np
import pytest

from ohlora.errors import SettingsError
from ohlora.generation.seeds import MAX_SEED, format_seeds, latents, parse_seeds


@pytest.mark.parametrize(
    ("text", "seeds"),
    [
        ("7", (7,)),
        ("0,3,7-12", (0, 3, 7, 8, 9, 10, 11, 12)),
        (" 5 - 6 , 1 ", (5, 6, 1)),
        ("3,1-4,3", (3, 1, 2, 4)),
        ("4-4", (4,)),
        (str(MAX_SEED), (MAX_SEED,)),
    ],
)
def test_seeds_are_read_as_stylegan_users_type_them(text: str, seeds: tuple[int, ...]) -> None:
    assert parse_seeds(text) == seeds


@pytest.mark.parametrize("text", ["", "a", "1,,2", "1-", "-3", "1.5", "1-2-3", "1;2"])
def test_what_is_no_seed_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(SettingsError, match=r"expected seeds such as 0,3,7-12"):
        parse_seeds(text)


def test_a_falling_range_is_refused_with_the_rising_one() -> None:
    with pytest.raises(SettingsError, match=r"write 7-12"):
        parse_seeds("12-7")


def test_seeds_beyond_32_bits_are_refused() -> None:
    with pytest.raises(SettingsError, match="from 0 to 4294967295, got 4294967296"):
        parse_seeds("4294967296")


def test_a_mistyped_range_does_not_fill_the_memory() -> None:
    with pytest.raises(SettingsError, match="at most 10,000,000 seeds"):
        parse_seeds("0-4294967295")


@pytest.mark.parametrize("text", ["0,3,7-12", "5", "2,1,0", "0-1"])
def test_formatting_is_the_inverse_of_parsing(text: str) -> None:
    assert format_seeds(parse_seeds(text)) == text


def test_each_z_is_what_stylegan3_draws_for_the_seed() -> None:
    z = latents((0, 85), 512)
    assert z.shape == (2, 512) and z.dtype == np.float32
    # The first normal numbers of RandomState(0), as numpy's documentation shows them.
    np.testing.assert_allclose(z[0, :3], [1.76405235, 0.40015721, 0.97873798], rtol=1e-6)
    np.testing.assert_array_equal(z[1], np.random.RandomState(85).randn(1, 512)[0].astype(np.float32))


def test_no_seed_gives_no_latent() -> None:
    assert latents((), 16).shape == (0, 16)
