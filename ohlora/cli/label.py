"""`ohlora label`: scores and attributes of every image of a folder."""

from pathlib import Path

import click

from ohlora.cli.options import batch_size_option, device_option, parser_option, precision_option


@click.command("label")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@parser_option("What parses the faces, portraits for illustrated ones or facexformer for photographs")
@click.option("--scores", type=click.Choice(("v1", "v2", "v3")), default="v3", help="Version of the scores.")
@click.option(
    "--bounds",
    type=click.Choice(("minmax", "quantile")),
    help="What spans an attribute's range: all scores, or those from the 1st to the 99th percentile; a probability's is "
    "always 0 to 1.  [default: minmax, or what ohlora filter brought along]",
)
@click.option(
    "--normalization",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Use the bounds of this normalization.json instead of fitting them to these images.",
)
@click.option("--label-maps", is_flag=True, help="Also write the label maps, beside the folder in FOLDER.labels.")
@click.option("--overlays", is_flag=True, help="Also write the label maps over the faces, likewise.")
@click.option("--overwrite", is_flag=True, help="Label again what is labelled already.")
@click.option(
    "--all-faces", is_flag=True, help="Keep what the portraits parser measured on what is not like a portrait."
)
@batch_size_option()
@device_option
@precision_option
def command(
    folder: Path,
    parser_name: str,
    scores: str,
    bounds: str | None,
    normalization: Path | None,
    label_maps: bool,
    overlays: bool,
    overwrite: bool,
    all_faces: bool,
    batch_size: int,
    device: str,
    precision: str,
) -> None:
    """Parse and score every image of FOLDER, and put the labels into its metadata.csv.

    FOLDER may hold any images, photographs included, with or without a table. Each gets raw scores (score_mouth), the
    attributes that they become (mouth, from 0 to 1), and where something is missing, why. The portraits parser has no
    face detector: a picture whose face is not like a portrait gets no numbers. A stopped run goes on with the same
    command.

    \b
    Examples:
      ohlora label faces
      ohlora label photographs --parser facexformer --overlays
      ohlora label more_faces --normalization faces/normalization.json
    """  # noqa: D301 - click reads the escape itself
    from ohlora.hub import load_parser
    from ohlora.labelling.folder import label
    from ohlora.labelling.settings import FULL_PRECISION, LabelSettings

    settings = LabelSettings(
        parser=parser_name,
        scores=scores,
        bounds=bounds,
        normalization=normalization,
        label_maps=label_maps,
        overlays=overlays,
        overwrite=overwrite,
        all_faces=all_faces,
        batch_size=batch_size,
        precision=FULL_PRECISION if precision == "auto" else precision,
    )
    for line in label(folder, settings, load_parser(parser_name, device, precision)).lines():
        click.echo(line)
