"""What a generator of faces is to the code that uses one, whichever architecture it has.

    z -> map -> w -> truncate -> ws -> synthesise -> image

StyleGAN and its successors differ in their layers and agree in these three steps: a mapping network turns the latent z into
the intermediate latent w, truncation pulls w towards its average and spreads it over the layers, and the synthesis network
draws an image from one w per layer. Users hold to this contract alone and know no layer's name, so that another network takes
the place of `stylegan.stylegan1.Generator` without a change elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, Protocol, Self, overload, runtime_checkable

import torch
from torch import Tensor, nn

NoiseMode = Literal["stored", "fresh", "none"]
"""The noise that synthesis adds: the one saved with the weights, a new one for every image, or none."""


class Module(Protocol):
    """The methods of `torch.nn.Module` that users of a network call; every implementation is such a module."""

    def eval(self) -> Self:
        """Switches to evaluation."""
        ...

    # Moves the weights to a device, or lays them out in another order.
    @overload
    def to(self, device: torch.device | str, /) -> Self: ...
    @overload
    def to(self, *, memory_format: torch.memory_format) -> Self: ...

    def requires_grad_(self, requires_grad: bool = True, /) -> Self:
        """Freezes the weights, or lets them learn."""
        ...

    def parameters(self) -> Iterator[nn.Parameter]:
        """The weights that can learn."""
        ...

    def state_dict(self) -> Mapping[str, Any]:
        """All weights and buffers by name."""
        ...


class AppendedMappingNetwork(Module, Protocol):
    """A copy of a mapping network that reads E further elements beside z, see `GeneratorNetwork.appended_mapping`."""

    def follow(self, directions: Tensor) -> None:
        """Lets the first elements move the normalised z along directions `(D, z_dim)`, D <= E."""
        ...

    def first_layer(self, z: Tensor) -> Tensor:
        """What z `(B, z_dim)` alone gives the first layer, `(B, H)`."""
        ...

    def __call__(self, first: Tensor, appended: Tensor) -> Tensor:
        """Returns w `(B, w_dim)` of what `first_layer` gave, `(B, H)`, and the elements `(B, E)`."""
        ...


@runtime_checkable
class GeneratorNetwork(Module, Protocol):
    """A network that draws images from latents in three steps.

    Tensors are on the network's device; z, w and ws are float32 outside of autocast. Errors are `stylegan.InputError`.
    """

    @property
    def z_dim(self) -> int:
        """Length of the latent z."""
        ...

    @property
    def w_dim(self) -> int:
        """Length of the intermediate latent w."""
        ...

    @property
    def num_ws(self) -> int:
        """Number of synthesis layers L, each of which takes a w."""
        ...

    @property
    def resolution(self) -> int:
        """Side R of an image in pixels."""
        ...

    @property
    def label_size(self) -> int:
        """Length of the label vector; 0 for an unconditional generator."""
        ...

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        ...

    @property
    def average_w(self) -> Tensor:
        """The average of w, `(w_dim,)`, which truncation pulls towards."""
        ...

    def map(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Maps latents.

        Args:
            z: `(B, z_dim)`, usually drawn from N(0, I).
            labels: `(B, label_size)` for a conditional generator, else None.

        Returns:
            w `(B, w_dim)`.

        Raises:
            stylegan.InputError: When a shape does not fit.
        """
        ...

    def truncate(self, w: Tensor, psi: float | Tensor, layers: int | None = None) -> Tensor:
        """Pulls w towards its average, `average_w + psi * (w - average_w)`, and gives each layer its own.

        Args:
            w: `(B, w_dim)`, or `(B, L, w_dim)` where layers differ already.
            psi: A number, or one per face `(B, 1)`; both give the same bits. 1 gives w to the bit, 0 the average.
            layers: Number of layers from the coarsest on that are truncated; the others keep w. None for all.

        Returns:
            ws `(B, L, w_dim)`.

        Raises:
            stylegan.InputError: When a shape or the number of layers does not fit.
        """
        ...

    def synthesise(self, ws: Tensor, *, noise: NoiseMode = "stored", start: tuple[int, Tensor] | None = None) -> Tensor:
        """Draws images.

        Args:
            ws: One w per layer `(B, L, w_dim)`.
            noise: "stored", "fresh" or "none".
            start: A layer and its features, as `features` gives them: the layers up to it are left out and drawing goes on
                from there. A face's own features give its own image, to the bit.

        Returns:
            RGB images `(B, 3, R, R)`, float, made for [-1, 1], not clamped.

        Raises:
            stylegan.InputError: When a shape, the layer or noise does not fit.
        """
        ...

    def features(self, ws: Tensor, layer: int, *, noise: NoiseMode = "stored") -> Tensor:
        """The activations after a synthesis layer, for edits between layers.

        Args:
            ws: One w per layer `(B, L, w_dim)`; those after `layer` are not read.
            layer: 0 for the coarsest to L - 1.
            noise: "stored", "fresh" or "none".

        Returns:
            `(B, C, H, W)`; the layer sets C, H and W.

        Raises:
            stylegan.InputError: When a shape, the layer or noise does not fit.
        """
        ...

    def compile_synthesis(self) -> None:
        """Compiles the synthesis network in place, which pays off for thousands of images in batches of one size."""
        ...

    def appended_mapping(self, elements: int) -> AppendedMappingNetwork:
        """A copy of the mapping network that reads E further elements beside the normalised z.

        Args:
            elements: E.

        Returns:
            A network that gives the same w as `map` until it is trained, up to rounding, whatever the elements are.

        Raises:
            stylegan.InputError: The generator reads labels.
        """
        ...

    def new_discriminator(self, label_size: int) -> nn.Module:
        """An untrained discriminator of the generator's sizes, for adversarial training.

        Args:
            label_size: Length of the label vector that it judges images by; 0 for none.

        Returns:
            A network that maps images `(B, 3, R, R)` in [-1, 1] and labels `(B, label_size)`, or None, to scores `(B, 1)`,
            higher for what looks more real; each image alone, so that a batch may have any size.
        """
        ...
