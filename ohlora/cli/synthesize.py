"""`ohlora synthesize`: faces from seeds."""

from pathlib import Path

import click

from ohlora.cli.options import device_option, model_option, precision_option


@click.command("synthesize")
@click.option("--seeds", required=True, metavar="LIST", help="Seeds and ranges, such as 0,3,7-12; a face each.")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="Dataset folder; for one seed also a .png or .jpg."
)
@model_option("What draws")
@click.option("--trunc", "--truncation", "truncation", type=float, default=0.7, help="psi: 1 varied ... 0 average.")
@click.option("--trunc-layers", type=click.IntRange(min=0), help="Truncate the first layers only.  [default: all]")
@click.option("--class", "face_class", type=click.IntRange(min=0), help="Which class a generator of classes draws.")
@click.option("--format", "image_format", type=click.Choice(("png", "jpeg")), default="png", help="Of the images.")
@click.option("--keep-latents", is_flag=True, help="Also write z and w of the faces to latents.npz.")
@click.option(
    "--batch-size",
    type=click.IntRange(min=1),
    default=16,
    help="Images that may wait in memory to be written; changes no pixel.",
)
@device_option
@precision_option
def command(
    seeds: str,
    out: Path,
    model: str,
    truncation: float,
    trunc_layers: int | None,
    face_class: int | None,
    image_format: str,
    keep_latents: bool,
    batch_size: int,
    device: str,
    precision: str,
) -> None:
    """Draw faces from seeds into a folder.

    A seed gives the same image whatever else is drawn. A stopped run goes on with the same command, and more seeds can
    be added later. Hugging Face `datasets` opens the folder as an imagefolder.

    \b
    Examples:
      ohlora synthesize --seeds 0-63 --out faces
      ohlora synthesize --seeds 7 --out face.png
      ohlora synthesize --seeds 0,3,7-12 --trunc 1 --format jpeg --keep-latents --out varied
      ohlora synthesize --seeds 0-9 --model stylegan_celeba.pth --trunc-layers 8 --out celeba
    """  # noqa: D301 - click reads the escape itself
    from ohlora.generation.seeds import parse_seeds

    chosen = parse_seeds(seeds)  # a mistyped list is answered before the networks are loaded

    from ohlora.device import resolve_device, resolve_precision
    from ohlora.generation.loaded_model import load_without_sliders
    from ohlora.generation.synthesis import SynthesisSettings, synthesize, synthesize_file, wants_file

    place = resolve_device(device)
    settings = SynthesisSettings(
        seeds=chosen,
        truncation=truncation,
        truncation_layers=trunc_layers,
        precision=resolve_precision(precision, place),
        face_class=face_class,
        image_format=image_format,
        keep_latents=keep_latents,
        batch_size=batch_size,
    )
    if wants_file(out, settings):
        click.echo(synthesize_file(out, settings, load_without_sliders(model, place)))
        return
    for line in synthesize(out, settings, load_without_sliders(model, place)).lines():
        click.echo(line)
