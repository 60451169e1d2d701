"""`ohlora demo`: the whole flow, on the models that ship with ohlora."""

from pathlib import Path

import click

from ohlora.cli.options import device_option, model_option, parser_option, precision_option


@click.command("demo")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default="demo",
    help="Folder for everything that is made.",
)
@click.option("--seeds", default="0-63", metavar="LIST", help="Seeds and ranges, such as 0,3,7-12; a face each.")
@model_option("What draws the faces")
@parser_option("What labels them")
@device_option
@precision_option
def command(out: Path, seeds: str, model: str, parser_name: str, device: str, precision: str) -> None:
    """Draw 64 faces, label them all, and move the sliders of one.

    Makes a sheet of sliders with what was measured under every face, a contact sheet, the label maps in colour, a table of
    attributes, a plot of their distributions and a report; and evaluates the sliders on a few random faces.
    """
    from ohlora.demo import make_demo
    from ohlora.device import resolve_device, resolve_precision
    from ohlora.generation.loaded_model import load_with_sliders, load_without_sliders
    from ohlora.generation.seeds import parse_seeds
    from ohlora.hub import load_parser
    from ohlora.labelling.settings import FULL_PRECISION, LabelSettings
    from ohlora.sliders.slider_model import has_sliders

    place = resolve_device(device)
    summary = make_demo(
        out,
        load_without_sliders(model, place),
        load_parser(parser_name, device, precision),
        seeds=parse_seeds(seeds),
        label_settings=LabelSettings(
            parser=parser_name,
            label_maps=True,
            precision=FULL_PRECISION if precision == "auto" else precision,
            all_faces=True,  # the faces are the demo's own, and without numbers it would have nothing to show
        ),
        sliders=load_with_sliders(model, place) if has_sliders(model) else None,
        precision=resolve_precision(precision, place),
    )
    for line in summary.lines():
        click.echo(line)
