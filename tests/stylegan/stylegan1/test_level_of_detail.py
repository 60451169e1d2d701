import pytest

from stylegan import InputError
from stylegan.stylegan1.level_of_detail import split_lod


@pytest.mark.parametrize(("lod", "expected"), [(0.0, (0, 0.0)), (2.0, (2, 0.0)), (1.25, (1, 0.25)), (6, (6, 0.0))])
def test_split(lod: float, expected: tuple[int, float]) -> None:
    assert split_lod(lod, 7) == expected


@pytest.mark.parametrize("lod", [-0.1, 6.1, float("nan")])
def test_out_of_range(lod: float) -> None:
    with pytest.raises(InputError, match="lod must lie between 0 and 6"):
        split_lod(lod, 7)
