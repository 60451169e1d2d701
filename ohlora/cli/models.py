"""`ohlora models`: what is embedded, what can be fetched, what a file holds, and the way into our own format."""

from pathlib import Path

import click


@click.group()
def command() -> None:
    """List, fetch, inspect and convert models."""


@command.command("list")
def list_models() -> None:
    """Show the models that have a name.

    A licence of "not stated" means that the publisher gives none: ask before you build on such a model.
    """
    from ohlora.hub import CATALOG
    from ohlora.hub.describe import size_text, status, total_size

    rows = [("NAME", "STATUS", "SIZE", "LICENCE", "WHAT")]
    for entry in CATALOG.values():
        rows.append(
            (entry.name, status(entry), size_text(total_size(entry)), entry.licence or "not stated", entry.summary)
        )
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        click.echo("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=False)) + "  " + row[4])
    click.echo("\n`ohlora models pull NAME` fetches one; `ohlora models info NAME` tells more.")


@command.command("pull")
@click.argument("name")
@click.option("--force", is_flag=True, help="Fetch it again where it is here already.")
def pull_model(name: str, force: bool) -> None:
    """Fetch the model NAME, and what it needs, into the models' home.

    The home is OHLORA_HOME, or `ohlora` inside HF_HOME, or ~/.cache/huggingface/ohlora. A connection that drops is taken
    up where it broke; a file whose sha256 is wrong is not kept.
    """
    from ohlora.hub import pull

    pull(name, force=force, tell=click.echo)


@command.command("info")
@click.argument("name_or_path")
def show_model(name_or_path: str) -> None:
    """Tell what is known of the model NAME_OR_PATH: a name, a model folder, a checkpoint file or a repository."""
    from ohlora.hub import CATALOG, resolve_model
    from ohlora.hub.describe import describe_entry, describe_place
    from ohlora.hub.storage import embedded_folders

    entry = CATALOG.get(name_or_path)
    folders = embedded_folders(entry) if entry else [resolve_model(name_or_path)]
    for key, value in describe_entry(entry) if entry else describe_place(folders[0]):
        click.echo(f"{key:<14} {value}")
    for line in (line for folder in folders for line in _slider_lines(folder)):
        click.echo(f"{'slider':<14} {line}")


def _slider_lines(folder: Path) -> list[str]:
    """The sliders of a model's folder with their ranges, or why it has none that this version can use."""
    from ohlora.errors import ModelError
    from ohlora.sliders.storage import declared_sliders

    try:
        sliders = declared_sliders(folder) or {}
    except ModelError as error:
        return [f"none: {error}"]
    return [f"{name} {slider.low:g} to {slider.high:g}: {slider.direction}" for name, slider in sliders.items()]


@command.command("convert")
@click.argument("source")
@click.argument("destination", type=click.Path(file_okay=False, path_type=Path))
@click.option("--half", is_flag=True, help="Store float16: half the size, nearly the same images.")
@click.option("--force", is_flag=True, help="Replace a model that is in DESTINATION.")
def convert_model(source: str, destination: Path, half: bool, force: bool) -> None:
    """Turn the published checkpoint SOURCE (a file or a fetched model's name) into the model folder DESTINATION.

    SOURCE is a StyleGAN, StyleGAN2 or StyleGAN3 in any layout that docs/generators.md lists: .pth, .pt, .pkl, .safetensors.

    The folder gets config.json, generator.safetensors and, where the checkpoint has one, discriminator.safetensors; it
    can be used wherever a model is asked for.
    """
    import torch

    from ohlora.errors import ModelError
    from ohlora.hub import resolve_model
    from stylegan import convert_checkpoint

    place = resolve_model(source)
    if place.is_dir():
        raise ModelError(f"{place} is a model folder already; expected a checkpoint file such as model.pth")
    if not force and any(destination.glob("*.safetensors")):
        raise ModelError(f"{destination} holds a model already; choose another folder, or add --force to replace it")
    for path in convert_checkpoint(place, destination, dtype=torch.float16 if half else torch.float32):
        click.echo(f"wrote {path}")
