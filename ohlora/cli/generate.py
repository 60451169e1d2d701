"""`ohlora generate`: faces with set sliders."""

from pathlib import Path

import click

from ohlora.cli.options import Command, device_option, model_option
from ohlora.labelling.attributes import ATTRIBUTES


def slider_options(command: Command) -> Command:
    """Adds an option for every attribute that may have a slider; the model says which it has."""
    for spec in reversed(list(ATTRIBUTES.values())):
        flag = f"--{spec.name.replace('_', '-')}"
        text = f"{spec.low:g} to {spec.high:g}: {spec.direction}."
        command = click.option(flag, spec.name, type=float, metavar="VALUE", help=text)(command)
    return command


@click.command("generate")
@click.option("--seeds", metavar="LIST", help="Seeds and ranges, such as 0,3,7-12; a face each.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="A folder; for one seed or --recipe also a .png or .jpg; for --sweep a .png, .gif or .mp4.",
)
@model_option("What draws", default=None)
@click.option("--trunc", "--truncation", "truncation", type=float, default=0.7, help="psi: 1 varied ... 0 average.")
@slider_options
@click.option(
    "--sweep",
    "sweep_text",
    metavar="NAME=FIRST:LAST:STEPS",
    help="Move one slider, such as mouth=0:1:7, in even steps of its own scale, which for gender is the label's logit.",
)
@click.option("--recipe", type=click.Path(dir_okay=False, path_type=Path), help="Make this picture again.")
@device_option
def command(
    seeds: str | None,
    out: Path | None,
    model: str | None,
    truncation: float,
    sweep_text: str | None,
    recipe: Path | None,
    device: str,
    **sliders: float | None,
) -> None:
    """Draw faces with set sliders.

    A slider that is not set stays where each face has it. Every picture carries its recipe (model, weights, seed, sliders
    and truncation); --recipe makes it again, pixel for pixel on the same machine.

    \b
    Examples:
      ohlora generate --seeds 0-35 --mouth 0.9 --pose -0.4 --out faces
      ohlora generate --seeds 7 --mouth 0.9 --out face.png
      ohlora generate --seeds 0-5 --sweep mouth=0:1:7 --out mouth.png
      ohlora generate --seeds 0-5 --sweep pose=-1:1:15 --mouth 0.2 --out turning.gif
      ohlora generate --recipe faces/seed00000003.png --out again.png
    """  # noqa: D301 - click reads the escape itself
    chosen = {name: value for name, value in sliders.items() if value is not None}
    if recipe is not None:
        if seeds is not None or chosen or sweep_text:
            raise click.UsageError("--recipe says it all; leave --seeds, --sweep and the sliders out")
        _remake(recipe, out, model, device)
        return
    if seeds is None or out is None:
        raise click.UsageError("expected --seeds and --out, or --recipe")
    from ohlora.generation.seeds import parse_seeds

    numbers = parse_seeds(seeds)  # a mistyped list is answered before the networks are loaded

    from ohlora.generation.face_generator import FaceGenerator
    from ohlora.generation.sweep import parse_sweep, with_settings, write_sweep
    from ohlora.generation.synthesis import SynthesisSettings, synthesize, synthesize_file, wants_file

    if sweep_text is None:
        settings = SynthesisSettings(numbers, truncation, sliders=chosen)
        one_file = wants_file(out, settings)
        generator = FaceGenerator.from_pretrained(model or "portraits", device=device)
        if one_file:
            click.echo(synthesize_file(out, settings, generator.loaded))
            return
        for line in synthesize(out, settings, generator.loaded).lines():
            click.echo(line)
        return
    sweep = with_settings(parse_sweep(sweep_text), numbers, chosen, truncation)
    place = out if out.suffix else out / f"{sweep.name}.png"
    click.echo(write_sweep(sweep, FaceGenerator.from_pretrained(model or "portraits", device=device), place))


def _remake(recipe: Path, out: Path | None, model: str | None, device: str) -> None:
    from ohlora.generation.face_generator import FaceGenerator
    from ohlora.generation.recipe import read_recipe, remake_face
    from ohlora.generation.sweep import remake_sweep

    found = read_recipe(recipe)
    generator = FaceGenerator.from_pretrained(model or str(found.get("model")), device=device)
    place = out if out is not None else recipe.with_name(f"{recipe.stem}-again{recipe.suffix}")
    place = place if place.suffix else place / recipe.name
    if "sweep" in found:
        click.echo(remake_sweep(found, generator, place))
    else:
        click.echo(remake_face(found, generator.loaded, place))
