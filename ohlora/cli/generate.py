"""`ohlora generate`: faces with set sliders."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ohlora.cli.options import Command, device_option, model_option
from ohlora.labelling.attributes import ATTRIBUTES

if TYPE_CHECKING:
    from ohlora.generation.requests import FaceRequest, SliderValues
    from ohlora.generation.unloaded_model import UnloadedModel


def slider_options(command: Command) -> Command:
    """Adds an option for every attribute that may have a slider; the model says which it has."""
    for spec in reversed(list(ATTRIBUTES.values())):
        flag = f"--{spec.name.replace('_', '-')}"
        text = f"{spec.low:g} to {spec.high:g}: {spec.direction}."
        command = click.option(flag, spec.name, metavar="VALUES", help=text)(command)
    return command


@click.command("generate")
@click.option("--seeds", metavar="LIST", help="Seeds and ranges, such as 0,3,7-12; a face each.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="A folder; for one face or --recipe also a .png or .jpg; for --sweep a .png, .gif or .mp4.",
)
@model_option("What draws", default=None)
@click.option("--trunc", "--truncation", "truncation", type=float, default=0.7, help="psi: 1 varied ... 0 average.")
@slider_options
@click.option("--random", is_flag=True, help="Every slider that is not set gets a random value of its range.")
@click.option(
    "--variations", type=click.IntRange(1), default=1, help="Faces of each seed, with other random values each."
)
@click.option(
    "--requests",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A CSV instead of --seeds: a row per face, a column seed and one per slider; empty cells set nothing.",
)
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
    random: bool,
    variations: int,
    requests: Path | None,
    sweep_text: str | None,
    recipe: Path | None,
    device: str,
    **sliders: str | None,
) -> None:
    """Draw faces with set sliders.

    A slider that is not set stays where each face has it. Set, it takes a value (0.9), a list (0,0.5,1: a face for each),
    or a range (0:1: a random value, always the same for a seed). Every picture carries its recipe (model, weights, seed,
    sliders and truncation); --recipe makes it again, pixel for pixel on the same machine.

    \b
    Examples:
      ohlora generate --seeds 0-35 --mouth 0.9 --pose -0.4 --out faces
      ohlora generate --seeds 7 --mouth 0.9 --out face.png
      ohlora generate --seeds 0-99 --mouth 0:1 --pose -0.5,0.5 --out varied
      ohlora generate --seeds 7 --random --variations 20 --out variations
      ohlora generate --requests wanted.csv --out wanted
      ohlora generate --seeds 0-5 --sweep mouth=0:1:7 --out mouth.png
      ohlora generate --seeds 0-5 --sweep pose=-1:1:15 --mouth 0.2 --out turning.gif
      ohlora generate --recipe faces/seed00000003.png --out again.png
    """  # noqa: D301 - click reads the escape itself
    chosen = {name: value for name, value in sliders.items() if value is not None}
    asked = [flag for flag, given in (("--sweep", sweep_text), ("--random", random), ("sliders", chosen)) if given]
    if recipe is not None:
        if seeds is not None or requests is not None or asked:
            raise click.UsageError("--recipe says it all; leave --seeds, --requests, --sweep and the sliders out")
        _remake(recipe, out, model, device)
        return
    if (seeds is None) == (requests is None) or out is None:
        raise click.UsageError("expected --seeds and --out, or --recipe, or --requests and --out")
    if requests is not None and asked:
        raise click.UsageError(f"--requests says whose faces and which sliders; leave {' and '.join(asked)} out")
    from ohlora.generation.requests import parse_slider
    from ohlora.generation.seeds import parse_seeds

    # Mistyped numbers are answered before the networks are loaded.
    numbers = parse_seeds(seeds or "0")
    typed = {name: parse_slider(name, text) for name, text in chosen.items()}

    from ohlora.generation.requests import build_requests, random_sliders, read_requests
    from ohlora.generation.unloaded_model import UnloadedModel

    draws = UnloadedModel(model or "portraits", device)
    if sweep_text is not None:
        if random or variations > 1:
            raise click.UsageError("--sweep moves one slider evenly; leave --random and --variations out")
        _draw_sweep(draws, sweep_text, numbers, typed, truncation, out)
        return
    values = {**(random_sliders(draws.sliders) if random else {}), **typed}
    wanted = read_requests(requests) if requests else build_requests(numbers, values, variations)
    _draw_faces(draws, wanted, truncation, out)


def _draw_faces(draws: UnloadedModel, wanted: tuple[FaceRequest, ...], truncation: float, out: Path) -> None:
    from ohlora.generation.requests import columns_of
    from ohlora.generation.synthesis import SynthesisSettings, synthesize, synthesize_file, wants_file

    columns = columns_of(wanted)
    draws.check(columns)
    settings = SynthesisSettings(tuple(request.seed for request in wanted), truncation, sliders=columns)
    if wants_file(out, settings):
        click.echo(synthesize_file(out, settings, draws.generator.loaded))
        return
    for line in synthesize(out, settings, draws.generator.loaded).lines():
        click.echo(line)


def _draw_sweep(
    draws: UnloadedModel,
    text: str,
    seeds: tuple[int, ...],
    typed: dict[str, SliderValues],
    truncation: float,
    out: Path,
) -> None:
    from ohlora.generation.requests import single_values
    from ohlora.generation.sweep import parse_sweep, with_settings, write_sweep

    sweep = with_settings(parse_sweep(text), seeds, single_values(typed), truncation)
    draws.check(sweep.columns)
    place = out if out.suffix else out / f"{sweep.name}.png"
    click.echo(write_sweep(sweep, draws.generator, place))


def _remake(recipe: Path, out: Path | None, model: str | None, device: str) -> None:
    from ohlora.generation.recipe import read_recipe, recipe_entry, remake_face
    from ohlora.generation.sweep import remake_sweep
    from ohlora.generation.unloaded_model import UnloadedModel

    found = read_recipe(recipe)
    draws = UnloadedModel(model or recipe_entry(found, "model", str, "a model's name"), device)
    place = out if out is not None else recipe.with_name(f"{recipe.stem}-again{recipe.suffix}")
    place = place if place.suffix else place / recipe.name
    if "sweep" in found:
        click.echo(remake_sweep(found, draws.generator, place))
    else:
        click.echo(remake_face(found, draws.generator.loaded, place))
