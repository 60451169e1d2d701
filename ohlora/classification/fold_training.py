"""Trains the network of one fold, and tells whether that worked.

Faces with answers go in, a network comes out that had the lowest loss on faces it did not learn from. A fold takes minutes, so
nothing of it is saved before its end: a stopped run keeps its finished folds and begins the open one anew.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import lightning as L
import numpy as np
import torch
import torch.nn.functional as F
from lightning.pytorch.callbacks import Callback, EarlyStopping
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader

from ohlora.classification.labelled_images import as_tensor
from ohlora.classification.measures import auroc
from ohlora.classification.network import FaceClassifier
from ohlora.classification.settings import ClassifierSettings
from ohlora.device import ComputeSettings
from ohlora.training.schedule import scheduled
from ohlora.training.trainer import fit_epochs

_PREDICTED_TOGETHER = 64
_SHIFT = 8


@dataclass(frozen=True)
class FoldData:
    """What one fold is trained on and measured by, as indices into the images.

    Attributes:
        images: `(N, S, S, 3)` uint8.
        values: Answers `(N,)`.
        training: Faces that are learned from.
        validation: Faces that tell when to stop.
        held_out: Faces that the fold never sees.
    """

    images: NDArray[np.uint8]
    values: NDArray[np.int64]
    training: NDArray[np.int64]
    validation: NDArray[np.int64]
    held_out: NDArray[np.int64]

    def answers(self, indices: NDArray[np.int64]) -> Tensor:
        """Answers `(B,)` as float32."""
        return torch.from_numpy(self.values[indices]).float()


class FoldTraining(L.LightningModule):
    """One attempt at one fold.

    Args:
        data: The fold's faces.
        settings: How it is trained.
        compute: Where.
        seed: Of the first weights, the order of the faces and how they are varied.
        rate: Learning rate at its highest.
    """

    def __init__(
        self, data: FoldData, settings: ClassifierSettings, compute: ComputeSettings, seed: int, rate: float
    ) -> None:
        super().__init__()
        self.data, self.settings, self.compute, self.rate = data, settings, compute, rate
        torch.manual_seed(seed)
        self.network = FaceClassifier(settings.network).to(memory_format=torch.channels_last)
        self.random = np.random.default_rng(seed)
        self.steps = max(settings.steps, math.ceil(len(data.training) / settings.batch))
        self.best: dict[str, Tensor] = {}
        self.best_loss, self.epochs_done, self.diverged = math.inf, 0, False
        self._losses: list[Tensor] = []

    def training_step(self, indices: NDArray[np.int64]) -> Tensor | None:
        """One batch, varied; training ends when its loss is no number."""
        loss = self._loss(
            varied(self.data.images[indices], self.random, self.settings.mirror), self.data.answers(indices)
        )
        if not bool(loss.isfinite()):
            self.diverged = self.trainer.should_stop = True
            return None
        return loss

    def validation_step(self, indices: NDArray[np.int64]) -> None:
        """The loss on faces that are not learned from."""
        loss = self._loss(as_tensor(self.data.images[indices]), self.data.answers(indices))
        self._losses.append(loss * len(indices))

    def on_validation_epoch_end(self) -> None:
        """Keeps the weights of the best epoch."""
        loss = float(torch.stack(self._losses).sum()) / len(self.data.validation)
        self._losses.clear()
        self.log("validation_loss", loss)
        if loss < self.best_loss:
            self.best_loss = loss
            self.best = {name: value.detach().cpu().clone() for name, value in self.network.state_dict().items()}

    def on_train_epoch_end(self) -> None:
        """Counts."""
        self.epochs_done += 1

    def configure_optimizers(self) -> Any:
        """AdamW with a cosine over all epochs."""
        optimizer = torch.optim.AdamW(self.network.parameters(), lr=self.rate, weight_decay=0.05)
        return scheduled(optimizer, self.steps * self.settings.epochs, warm=1, final=0.0)

    def train_dataloader(self) -> DataLoader[Any]:
        """Indices of an epoch's batches."""
        return DataLoader(_Batches(self), batch_size=None)

    def val_dataloader(self) -> DataLoader[Any]:
        """Indices of the validation faces."""
        return DataLoader(_pieces(self.data.validation), batch_size=None)  # type: ignore[arg-type]

    def _loss(self, images: Tensor, values: Tensor) -> Tensor:
        with self.compute.autocast():
            logits = self.network(images.to(self.compute.device))
        return F.binary_cross_entropy_with_logits(logits.float(), values.to(self.compute.device))


class _Batches(torch.utils.data.IterableDataset[NDArray[np.int64]]):
    """Endless passes over the faces, each in another order, cut into epochs of the same length."""

    def __init__(self, module: FoldTraining) -> None:
        self._module = module

    def __len__(self) -> int:
        return self._module.steps

    def __iter__(self) -> Iterator[NDArray[np.int64]]:
        module = self._module
        wanted, faces = module.steps * module.settings.batch, module.data.training
        order = np.concatenate([module.random.permutation(faces) for _ in range(-(-wanted // len(faces)))])
        yield from order[:wanted].reshape(module.steps, -1)


def varied(images: NDArray[np.uint8], random: np.random.Generator, mirror: bool = True) -> Tensor:
    """Mirrors, shifts by up to 8 pixels of 256, and changes brightness and contrast.

    None of it changes an answer, except that mirroring exchanges the sides.

    Args:
        images: `(B, S, S, 3)` uint8.
        random: Where the changes come from.
        mirror: Whether every second picture is mirrored.

    Returns:
        `(B, 3, S, S)` float32, about in [-1, 1], channels last in memory.
    """
    count, size = images.shape[:2]
    reach, places = max(1, _SHIFT * size // 256), np.arange(size)
    moved = np.empty_like(images)
    for index, image in enumerate(images):
        down, right = random.integers(-reach, reach + 1, size=2)
        rows, columns = (np.clip(places + shift, 0, size - 1) for shift in (down, right))
        moved[index] = image[rows][:, columns[::-1] if random.random() < 0.5 and mirror else columns]
    contrast, brightness = (torch.from_numpy(random.normal(0.0, 0.1, (count, 1, 1, 1))).float() for _ in range(2))
    # 127.5 (1 + x) of a pixel x in [-1, 1]; both changes and the scale in one pass over the batch.
    scale, offset = (1.0 + contrast) / 127.5, brightness - 1.0 - contrast
    return torch.from_numpy(moved).permute(0, 3, 1, 2).float().mul_(scale).add_(offset)


@torch.no_grad()
def predict_probabilities(
    network: FaceClassifier, images: NDArray[np.uint8], indices: NDArray[np.int64], compute: ComputeSettings
) -> NDArray[np.float64]:
    """What a network says about some faces: probabilities of the answer 1 `(B,)`."""
    network.eval().to(compute.device)
    parts = []
    for piece in _pieces(indices):
        with compute.autocast():
            logits = network(as_tensor(images[piece]).to(compute.device))
        parts.append(logits.double().sigmoid().cpu().numpy())
    return np.concatenate(parts) if parts else np.empty(0)


def _pieces(indices: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    return [indices[first : first + _PREDICTED_TOGETHER] for first in range(0, len(indices), _PREDICTED_TOGETHER)]


def fit(module: FoldTraining, report: Callable[[int], None]) -> None:
    """Trains until the validation loss stops falling; the network then has its best weights.

    Args:
        module: What to train.
        report: Called with the number of epochs after each.

    Raises:
        KeyboardInterrupt: After Ctrl-C.
    """
    stopping = EarlyStopping("validation_loss", patience=module.settings.patience, check_finite=True)
    fit_epochs(module, module.settings.epochs, module.compute, [stopping, _Report(report)])
    if module.best:
        module.network.load_state_dict(module.best)


def why_failed(module: FoldTraining) -> str | None:
    """Whether an attempt failed, measured on all faces that it saw; None where it worked.

    Chance is told from skill by the AUROC: with no skill it is above 1/2 by more than 1.64 of its standard errors once
    in twenty times (Hanley and McNeil, 1982, eq. 1 for an AUROC of 1/2).
    """
    if module.diverged or not module.best:
        return "diverged: its loss was no number"
    seen = np.concatenate([module.data.training, module.data.validation])
    probabilities = predict_probabilities(module.network, module.data.images, seen, module.compute)
    values = module.data.values[seen]
    if not np.isfinite(probabilities).all():
        return "diverged: its answers are no numbers"
    ones, zeros = int(values.sum()), int((1 - values).sum())
    bound = 0.5 + 1.64 * math.sqrt((ones + zeros + 1) / (12.0 * ones * zeros))
    area = auroc(values, probabilities)
    if area > bound:
        return None
    sides = "; if the answer tells left from right, train with --no-mirror" if module.settings.mirror else ""
    return f"no better than chance: AUROC {area:.2f} on the faces that it saw{sides}"


class _Report(Callback):
    def __init__(self, report: Callable[[int], None]) -> None:
        self._report = report

    def on_train_epoch_end(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        self._report(trainer.current_epoch + 1)
