"""The smallest network that holds the contract of generators: everything in it is linear."""

import torch
from torch import Tensor, nn

from stylegan import InputError, NoiseMode
from stylegan.truncation import truncate

SIDE = 8


class LinearMapping(nn.Module):
    """w = [z, e] @ matrix, with E further elements e that do nothing until `follow` or a training gives them a part."""

    def __init__(self, matrix: Tensor, elements: int = 0) -> None:
        super().__init__()
        self.matrix = nn.Parameter(matrix.detach().clone())
        self.columns = nn.Parameter(torch.zeros(elements, matrix.shape[1]))

    @torch.no_grad()
    def follow(self, directions: Tensor) -> None:
        self.columns[: len(directions)] = directions @ self.matrix

    def first_layer(self, z: Tensor) -> Tensor:
        return z @ self.matrix

    def forward(self, first: Tensor, appended: Tensor) -> Tensor:
        return first + appended @ self.columns


class LinearDiscriminator(nn.Module):
    """A score per label, of which the labels choose."""

    def __init__(self, label_size: int) -> None:
        super().__init__()
        self.scores = nn.Linear(3 * SIDE * SIDE, max(label_size, 1))

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        scores: Tensor = self.scores(images.flatten(1))
        return scores if labels is None else (scores * labels).sum(dim=1, keepdim=True)


class ToyGenerator(nn.Module):
    """Two layers: each adds a linear map of its w to a picture; noise is a constant picture."""

    def __init__(self, label_size: int = 0) -> None:
        super().__init__()
        random = torch.Generator().manual_seed(0)
        self.matrix = nn.Parameter(torch.randn(6, 4, generator=random))
        self.label_matrix = nn.Parameter(torch.randn(label_size, 4, generator=random))
        self.pictures = nn.Parameter(0.2 * torch.randn(2, 4, 3 * SIDE * SIDE, generator=random))
        self.register_buffer("center", torch.full((4,), 0.5))
        self.register_buffer("noise", torch.full((), 0.25))
        self.z_dim, self.w_dim, self.num_ws = 6, 4, 2
        self.resolution, self.label_size = SIDE, label_size

    @property
    def device(self) -> torch.device:
        return self.matrix.device

    @property
    def average_w(self) -> Tensor:
        return self.center

    def map(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        w = z @ self.matrix
        return w if labels is None else w + labels @ self.label_matrix

    def truncate(self, w: Tensor, psi: float | Tensor, layers: int | None = None) -> Tensor:
        return truncate(w, self.center, self.num_ws, psi, layers)

    def features(self, ws: Tensor, layer: int, *, noise: NoiseMode = "stored") -> Tensor:
        if not 0 <= layer < self.num_ws:
            raise InputError(f"expected a layer from 0 to {self.num_ws - 1}, got {layer}")
        x = ws.new_zeros(len(ws), 3, SIDE, SIDE)
        for index in range(layer + 1):
            x = self._layer(x, ws, index, noise)
        return x

    def synthesise(self, ws: Tensor, *, noise: NoiseMode = "stored", start: tuple[int, Tensor] | None = None) -> Tensor:
        done, x = (-1, ws.new_zeros(len(ws), 3, SIDE, SIDE)) if start is None else start
        for index in range(done + 1, self.num_ws):
            x = self._layer(x, ws, index, noise)
        return torch.tanh(x)

    def _layer(self, x: Tensor, ws: Tensor, index: int, noise: NoiseMode) -> Tensor:
        added = (ws[:, index] @ self.pictures[index]).view(-1, 3, SIDE, SIDE)
        return x + added if noise == "none" else x + added + self.noise

    def compile_synthesis(self) -> None:
        """A sum is not worth it."""

    def appended_mapping(self, elements: int) -> LinearMapping:
        return LinearMapping(self.matrix, elements)

    def new_discriminator(self, label_size: int) -> LinearDiscriminator:
        return LinearDiscriminator(label_size)
