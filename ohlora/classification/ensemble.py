"""A trained classifier: the mean of its folds."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file

from ohlora.classification.fold_training import predict_probabilities
from ohlora.classification.network import FaceClassifier
from ohlora.classification.settings import ClassifierError, NetworkConfig
from ohlora.device import ComputeSettings
from ohlora.labelling.label_columns import LabelName

CONFIG_NAME = "config.json"
FORMAT = "ohlora classifier 1"


class Ensemble:
    """Several networks that answer together.

    Args:
        label: What they say.
        networks: One or more, all of the same shape.
        compute: Where they run.
        fingerprint: Twelve hexadecimal digits that stand for their weights.
        accuracy: Share of held-out faces that they judged rightly.
        column: Where the answers were that they learned from.

    Attributes:
        size: Edge of the images that they look at, in pixels.
    """

    def __init__(
        self,
        label: LabelName,
        networks: list[FaceClassifier],
        compute: ComputeSettings,
        fingerprint: str,
        accuracy: float,
        column: str,
    ) -> None:
        self.label, self.networks, self.compute, self.fingerprint = label, networks, compute, fingerprint
        self.accuracy, self.column = accuracy, column
        self.size = networks[0].config.size

    @classmethod
    def from_pretrained(cls, folder: str | Path, compute: ComputeSettings) -> Ensemble:
        """Load a run of `ohlora classify train`.

        Raises:
            ClassifierError: When the folder holds no finished run, or a damaged one.
        """
        folder = Path(folder)
        try:
            content = json.loads((folder / CONFIG_NAME).read_text(encoding="utf-8"))
            if content["format"] != FORMAT:
                raise ClassifierError(
                    f"expected the format {FORMAT!r} in {folder / CONFIG_NAME}, got {content['format']!r}"
                )
            label, config = LabelName(**content["label"]), NetworkConfig(**content["network"])
            files = [folder / f"fold{int(fold)}.safetensors" for fold in content["folds"]]
            networks = [_load(path, config) for path in files]
            digest = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]
            return cls(label, networks, compute, digest, float(content["held_out"]["accuracy"]), content["column"])
        except FileNotFoundError as error:
            raise ClassifierError(
                f"expected a finished run of ohlora classify train in {folder}, found no {Path(str(error.filename)).name}"
            ) from error
        except ClassifierError:
            raise
        except Exception as error:  # a damaged file leads JSON, safetensors and torch into errors of many types
            raise ClassifierError(f"the classifier in {folder} is damaged ({error}); train it again") from error

    def probabilities(self, images: NDArray[np.uint8]) -> NDArray[np.float64]:
        """How likely the answer 1 is, on average over the networks.

        Args:
            images: `(B, S, S, 3)` RGB at this classifier's size.

        Returns:
            Probabilities `(B,)`.
        """
        everything = np.arange(len(images))
        return np.asarray(
            np.mean([predict_probabilities(one, images, everything, self.compute) for one in self.networks], axis=0)
        )


def _load(path: Path, config: NetworkConfig) -> FaceClassifier:
    network = FaceClassifier(config).to(memory_format=torch.channels_last)
    network.load_state_dict(load_file(path), strict=True)
    return network.eval()
