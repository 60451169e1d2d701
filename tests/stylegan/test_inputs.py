import pytest
import torch

from stylegan import InputError
from stylegan.inputs import check_labels


def test_fitting_labels_pass() -> None:
    check_labels(None, 0, 2)
    check_labels(torch.zeros(2, 3), 3, 2)


@pytest.mark.parametrize(
    ("labels", "size", "message"),
    [
        (torch.zeros(2, 3), 0, "pass labels=None"),
        (None, 3, r"expected labels of shape \(2, 3\), got none"),
        (torch.zeros(2, 4), 3, r"expected labels of shape \(2, 3\), got \(2, 4\)"),
        (torch.zeros(1, 3), 3, r"expected labels of shape \(2, 3\), got \(1, 3\)"),
    ],
)
def test_labels_that_do_not_fit(labels: torch.Tensor | None, size: int, message: str) -> None:
    with pytest.raises(InputError, match=message):
        check_labels(labels, size, 2)
