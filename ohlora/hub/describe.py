"""What is known about a model, as lines for people."""

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

from torch import nn

from ohlora.errors import ModelError
from ohlora.hub.catalog import ModelEntry
from ohlora.hub.storage import embedded_folders, find_file, find_files, model_folder, sha256_of
from segmentation import load_portrait_parser
from stylegan import from_pretrained
from stylegan.checkpoints.architectures import AnyNetwork, Part, architecture_of
from stylegan.checkpoints.checkpoint import best, read_checkpoint

Fact = tuple[str, str]

_NETWORKS = {"stylegan": "StyleGAN", "stylegan2": "StyleGAN2", "stylegan3": "StyleGAN3"}


def status(entry: ModelEntry) -> str:
    """Returns "embedded", "here" or "not here"."""
    if entry.embedded:
        return "embedded" if total_size(entry) else "not here"
    return "here" if find_files(entry) else "not here"


def size_text(size: int | None) -> str:
    """Returns a size with a unit; "unknown" for None. Units are decimal, 1 MB = 1,000,000 bytes."""
    if size is None:
        return "unknown"
    power = min(len(str(size)) - 1, 11) // 3
    return f"{size / 1000**power:.3g} {('B', 'kB', 'MB', 'GB')[power]}"


def total_size(entry: ModelEntry) -> int | None:
    """Returns the bytes of all files of a model, measured where they are embedded; None where one is unknown."""
    if entry.embedded:
        return sum(path.stat().st_size for folder in embedded_folders(entry) for path in folder.glob("*.safetensors"))
    sizes = [file.size for file in entry.files]
    known = [size for size in sizes if size is not None]
    return sum(known) if len(known) == len(sizes) else None


def describe_entry(entry: ModelEntry) -> Iterator[Fact]:
    """Yields what the catalogue knows of a model, and what is in its files where they are on this machine."""
    yield "name", entry.name
    yield "what", entry.summary
    yield "licence", entry.licence or "not stated by its publisher"
    yield "from", entry.origin
    yield "size", size_text(total_size(entry))
    if entry.needs:
        yield "needs", ", ".join(entry.needs)
    yield "status", status(entry)
    for folder in embedded_folders(entry):
        if folder.is_dir():
            yield "folder", str(folder)
            yield from describe_place(folder)
    for file in entry.files:
        yield "file", f"{file.name}, {size_text(file.size)}, sha256 {file.sha256 or 'unknown'}"
        yield "  at", str(find_file(entry, file) or f"not here; it belongs into {model_folder(entry)}")
    found = find_files(entry)
    if found and entry.kind == "generator":
        yield from describe_place(found[0])


def describe_place(path: Path) -> Iterator[Fact]:
    """Yields what is in a model folder or in a checkpoint file.

    Args:
        path: A folder of this project's format, or a published `.pth`.

    Raises:
        ModelError: A folder holds no model.
        stylegan.CheckpointError: A file is no checkpoint of a generator or a discriminator.
    """
    if path.is_file():
        yield "sha256", sha256_of(path)
        networks = read_checkpoint(path)
        yield "state dicts", ", ".join(network.name or network.part for network in networks.values())
        parts: tuple[Part, ...] = ("generator", "discriminator")
        for network in (found for part in parts if (found := best(networks, part))):
            yield "layout", network.description
            yield from _describe_network(network.build())
        return
    weights = sorted(file.stem for file in path.glob("*.safetensors"))
    if not weights:
        raise ModelError(f"{path} holds no model: expected config.json beside .safetensors files, or a checkpoint file")
    for name in weights:
        if name == "parser":
            parser = load_portrait_parser(path)
            yield "parser", f"{parser.config.size}x{parser.config.size}, {_millions(parser.parameters())} parameters"
        elif name == "generator":
            yield from _describe_network(from_pretrained(path))
        elif name == "discriminator":
            yield from _describe_network(from_pretrained(path, "discriminator"))


def _describe_network(network: AnyNetwork) -> Iterator[Fact]:
    architecture, part = architecture_of(network)
    sizes = network if part == "generator" else network.config
    labels = f", {sizes.label_size} labels" if sizes.label_size else ""
    size = f"{sizes.resolution}x{sizes.resolution}, {_millions(network.parameters())} parameters"
    text = f"{size}, {_NETWORKS[architecture]}, channels {_channels(network)}{labels}"
    yield (
        part,
        f"{text}, z {network.z_dim}, w {network.w_dim}, {network.num_ws} layers" if part == "generator" else text,
    )


def _channels(network: AnyNetwork) -> str:
    """Channels from the coarsest maps to the finest, as "512 x4, 256, 128"."""
    listed = network.config.channels
    if callable(listed):
        sides = (4 << block for block in range(network.config.resolution.bit_length() - 2))
        listed = tuple(listed(side) for side in sides)
    counts = [(count, len(list(same))) for count, same in itertools.groupby(listed)]
    return ", ".join(f"{count} x{times}" if times > 1 else str(count) for count, times in counts)


def _millions(parameters: Iterable[nn.Parameter]) -> str:
    return f"{sum(parameter.numel() for parameter in parameters) / 1e6:.2f} M"
