"""The checks that what comes in fits a network, shared by the networks of all architectures."""

from __future__ import annotations

from typing import get_args

from torch import Tensor

from stylegan.errors import InputError
from stylegan.generator import NoiseMode


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


def check_ws(ws: Tensor, num_ws: int, w_dim: int) -> None:
    """Holds ws to be `(B, num_ws, w_dim)`.

    Raises:
        InputError: They have another shape.
    """
    if ws.ndim != 3 or ws.shape[1:] != (num_ws, w_dim):
        raise InputError(f"expected ws of shape (B, {num_ws}, {w_dim}), got {tuple(ws.shape)}")


def check_noise(noise: str) -> None:
    """Holds noise to be one of its modes.

    Raises:
        InputError: It is none.
    """
    if noise not in get_args(NoiseMode):
        raise InputError(f"noise must be one of {', '.join(get_args(NoiseMode))}, got {noise!r}")


def check_layer(layer: int, num_ws: int) -> None:
    """Holds a synthesis layer to be one of the network's.

    Raises:
        InputError: It lies outside of 0 to num_ws - 1.
    """
    if not 0 <= layer < num_ws:
        raise InputError(f"expected a layer from 0 to {num_ws - 1}, got {layer}")


def check_start(done: int, features: Tensor, expected: tuple[int, ...], layer: int) -> None:
    """Holds features that drawing shall go on from against the layer that they come after.

    Args:
        done: The layer that they come after.
        features: What is given.
        expected: The shape that the features of that layer have.
        layer: The layer that is drawn up to.

    Raises:
        InputError: The layer lies behind the one drawn up to, or the shape is another.
    """
    if not 0 <= done <= layer:
        raise InputError(f"expected to start from a layer from 0 to {layer}, got {done}")
    if tuple(features.shape) != expected:
        raise InputError(f"expected features {expected} of layer {done}, got {tuple(features.shape)}")
