"""The check that labels fit a network, shared by the mapping network and the discriminator."""

from __future__ import annotations

from torch import Tensor

from stylegan.errors import InputError


def check_labels(labels: Tensor | None, label_size: int, batch: int) -> None:
    """Holds labels against the network they are for.

    Args:
        labels: Labels, or None.
        label_size: Length of the label vector that the network was made for, 0 for an unconditional one.
        batch: Number of samples B.

    Raises:
        InputError: Unless labels are `(batch, label_size)`, or None for a network without labels.
    """
    if label_size == 0:
        if labels is not None:
            raise InputError("labels were given to a network without labels (label_size 0); pass labels=None")
    elif labels is None:
        raise InputError(f"this network is conditional: expected labels of shape ({batch}, {label_size}), got none")
    elif tuple(labels.shape) != (batch, label_size):
        raise InputError(f"expected labels of shape ({batch}, {label_size}), got {tuple(labels.shape)}")
