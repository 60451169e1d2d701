"""The networks that measure: the labeller's parser, the identity network, and the features of the Frechet distance."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch

from ohlora.errors import MissingModelError
from ohlora.evaluation.identity import IDENTITY, IdentityNetwork, load_identity
from ohlora.evaluation.second_parser import load_second_parser
from ohlora.hub import load_parser, resolve_model
from ohlora.hub.model_folder import holds_model
from segmentation import FaceParser, load_portrait_parser
from segmentation.unet.network import PortraitParser

EMBEDDED_IDENTITY = Path(__file__).parent.parent / "models" / "identity"


@dataclass(frozen=True)
class MeasuringModels:
    """What pictures are measured with.

    Attributes:
        parser: The labeller's parser.
        identity: The identity network, or None: identity is then not measured.
        features: Gives the features of the Frechet distance; None leaves it out.
        second: A parser that was trained apart and measures some of the ramps again, see `ohlora.evaluation.second_parser`.
    """

    parser: FaceParser
    identity: IdentityNetwork | None = None
    features: PortraitParser | None = None
    second: FaceParser | None = None


def load_measuring_models(
    parser: str, identity: Path | None, device: torch.device, precision: str = "auto", second: Path | None = None
) -> MeasuringModels:
    """Load the parser, the identity network, the features, and a second parser if there is one.

    Args:
        parser: As `ohlora.hub.load_parser` takes it.
        identity: Folder of an identity network; None for the embedded one, if there is one.
        device: Where they run.
        precision: What the parsers compute in.
        second: Folder of a second parser.

    Raises:
        MissingModelError: A parser, or an identity network that was named, is missing.
    """
    label_parser = load_parser(parser, str(device), precision)
    network = embedded_identity(device) if identity is None else load_identity(identity).to(device)
    again = load_second_parser(second, device, precision) if second is not None else None
    return MeasuringModels(label_parser, network, _features(label_parser, device), again)


def embedded_identity(device: torch.device) -> IdentityNetwork | None:
    """The identity network that ships with ohlora, if there is one."""
    return load_identity(EMBEDDED_IDENTITY).to(device) if holds_model(EMBEDDED_IDENTITY, IDENTITY) else None


def _features(parser: FaceParser, device: torch.device) -> PortraitParser | None:
    """The embedded parser, whichever parser measures: distances are then the same thing in every report."""
    try:
        return load_portrait_parser(resolve_model("portraits", "parser")).to(device)
    except MissingModelError:
        network = getattr(parser.backend, "network", None)
        return network if isinstance(network, PortraitParser) else None
