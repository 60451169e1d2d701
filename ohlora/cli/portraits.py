"""`ohlora portraits`: illustrated portraits with exact labels."""

from pathlib import Path

import click


@click.command("portraits")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Dataset folder.")
@click.option("--count", type=click.IntRange(min=1), default=48, show_default=True, help="Portraits to draw.")
@click.option("--first-seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seeds count up from it.")
@click.option(
    "--sampling",
    type=click.Choice(("core", "full", "everyone")),
    default="full",
    show_default=True,
    help="core: what the embedded generator learned; full: with glasses, beards, afros, buns, bald heads ...; "
    "everyone: the second edition, with every kind of hair",
)
@click.option(
    "--size", type=click.IntRange(16, 1024), default=256, show_default=True, help="Pixels of an image's edge."
)
@click.option("--label-size", type=click.IntRange(16, 1024), help="Pixels of a label map's edge.  [default: --size]")
@click.option(
    "--style",
    metavar="NAME",
    default="natural",
    show_default=True,
    help="Drawing style: natural, cel, pencil, watercolour, pixel, woodcut or cartoon.",
)
@click.option(
    "--style-setting",
    "style_settings",
    metavar="NAME=VALUE",
    multiple=True,
    help="A setting of the style, for instance hatch_spacing=4; may be given several times.",
)
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Processes that draw.")
def command(
    out: Path,
    count: int,
    first_seed: int,
    sampling: str,
    size: int,
    label_size: int | None,
    style: str,
    style_settings: tuple[str, ...],
    workers: int,
) -> None:
    """Draw illustrated portraits of people who do not exist.

    Each comes with its exact label map and the true values of its attributes and parameters. A stopped run goes on with
    the same command.

    \b
    Examples:
      ohlora portraits --count 48 --out portraits
      ohlora portraits --count 48 --sampling everyone --out people
      ohlora portraits --count 48 --style pencil --style-setting hatch_spacing=3.5 --out drawings
      ohlora portraits --count 2000 --sampling core --size 128 --workers 2 --out core
    """  # noqa: D301
    try:
        from ohlora.generation.portrait_folder import CollectionSettings, read_style, write_portraits
    except ImportError as error:
        from ohlora.errors import OhloraError

        raise OhloraError(
            f"drawing portraits needs skia ({error}); install it with: pip install 'ohlora[render]' "
            "(on a bare Debian or Ubuntu also: apt-get install libegl1 libgl1)"
        ) from error
    settings = CollectionSettings(
        range(first_seed, first_seed + count), sampling, size, label_size, read_style(style, style_settings)
    )
    for line in write_portraits(out, settings, workers=workers).lines():
        click.echo(line)
