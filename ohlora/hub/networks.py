"""Networks by the name of their model, ready to run."""

from pathlib import Path

import torch

from ohlora.device import resolve_device, resolve_precision
from ohlora.hub.catalog import CATALOG
from ohlora.hub.download import check_digest
from ohlora.hub.resolve import resolve_model
from ohlora.hub.storage import find_files, missing_model
from segmentation import FaceParser, backend_names
from stylegan import CheckpointError, GeneratorNetwork, from_pretrained, load_checkpoint

_EMBEDDED, _FOR_PHOTOGRAPHS = "portraits", "facexformer"
RGB_CHANNELS = 3


def load_generator(name: str | Path, device: str | torch.device = "cpu") -> GeneratorNetwork:
    """Load a generator, in evaluation mode.

    Args:
        name: As for `ohlora.hub.resolve_model`.
        device: Where it shall run.

    Returns:
        The network, float32.

    Raises:
        MissingModelError: There is no such generator on this machine.
        stylegan.CheckpointError: The file or folder is not a generator, or one of pictures that are not RGB.
    """
    place = resolve_model(name)
    generator = from_pretrained(place) if place.is_dir() else load_checkpoint(place)
    channels = generator.image_channels
    if channels != RGB_CHANNELS:
        raise CheckpointError(f"{place}: expected a generator of RGB pictures, found one of {channels} channels")
    return generator.eval().to(device)


def load_parser(name: str | Path = _EMBEDDED, device: str = "auto", precision: str = "auto") -> FaceParser:
    """Load a face parser.

    Args:
        name: `portraits`, `facexformer`, or whatever else `ohlora.hub.resolve_model` finds: a folder of a parser's weights, a
            repository, or FaceXFormer's checkpoint file. Also a backend that was registered with `segmentation`.
        device: As `ohlora.device.resolve_device` takes it.
        precision: As `ohlora.device.resolve_precision` takes it.

    Raises:
        DeviceError: The device or the precision is not available.
        MissingModelError: There is no such parser on this machine; the message says how to get it.
        segmentation.SegmentationError: Its weights are damaged.
    """
    where = resolve_device(device)
    resolve_precision(precision, where)
    numbers = "fp32" if precision == "auto" else precision
    if str(name) in backend_names() and str(name) not in CATALOG:
        return FaceParser.from_pretrained(name, where, precision=numbers)
    place = resolve_model(name, "parser")
    if place.is_dir():
        return FaceParser.from_pretrained(place, where, precision=numbers)
    return FaceParser.from_pretrained(
        _FOR_PHOTOGRAPHS, where, weights=place, detector_weights=_detector(), precision=numbers
    )


def _detector() -> Path:
    """The folder of the published face detector, whose small files are checked each time."""
    entry = CATALOG["mtcnn"]
    found = find_files(entry)
    if found is None:
        raise missing_model(entry)
    for file, path in zip(entry.files, found, strict=True):
        check_digest(entry, file, path)
    return found[0].parent
