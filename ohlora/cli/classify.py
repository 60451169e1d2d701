"""`ohlora classify`: classifiers that learn from answers, and label the rest."""

from pathlib import Path

import click

from ohlora.cli.options import device_option

_FACES = click.Path(exists=True, file_okay=False, path_type=Path)
_PRECISION = click.option("--precision", type=click.Choice(("auto", "fp32", "bf16")), default="auto")


@click.group()
def command() -> None:
    """Train a classifier on labels given by hand, and let it label the rest."""


@command.command("train")
@click.argument("faces", type=_FACES)
@click.option("--label", "label_text", required=True, metavar="NAME[=ZERO,ONE]", help="What was answered.")
@click.option("--column", metavar="NAME", help="Where the answers are, 0 or 1.  [default: label_NAME]")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="The run.  [default: FACES.labels/classifiers/NAME]"
)
@click.option("--folds", type=click.IntRange(2), default=5, help="Networks; each leaves out a part of the faces.")
@click.option("--epochs", type=click.IntRange(1), default=12, help="At most this many passes over the faces.")
@click.option("--patience", type=click.IntRange(1), default=3, help="Epochs without getting better before stopping.")
@click.option("--size", type=click.IntRange(16), default=256, help="Pixels of an image's edge; a multiple of 16.")
@click.option("--top-centre/--no-top-centre", default=None, help="Look at it as well.  [default: for quality]")
@click.option(
    "--mirror/--no-mirror", default=True, help="Learn from mirrored faces too; not where answers tell left from right."
)
@click.option("--seed", type=click.IntRange(0), default=0, help="Of everything random.")
@click.option("--overwrite", is_flag=True, help="Begin anew where the run has other settings or answers.")
@device_option
@_PRECISION
def train(
    faces: Path,
    label_text: str,
    column: str | None,
    out: Path | None,
    folds: int,
    epochs: int,
    patience: int,
    size: int,
    top_centre: bool | None,
    mirror: bool,
    seed: int,
    overwrite: bool,
    device: str,
    precision: str,
) -> None:
    """Train a classifier on the answers of FACES.

    A network per fold learns from the others' faces and is judged on its own; the report shows how good the held-out
    judgements are, how well calibrated, and the worst mistakes. A stopped run goes on with the same command.

    \b
    Examples:
      ohlora classify train faces --label gender
      ohlora classify train renders --label gender --column true_gender
      ohlora classify train faces --label looks_left --no-mirror
    """  # noqa: D301 - click reads the escape itself
    from ohlora.annotation.table import merge_if_free
    from ohlora.classification.run import default_run, train
    from ohlora.classification.settings import REGIONS, ClassifierSettings, NetworkConfig, default_regions
    from ohlora.device import ComputeSettings
    from ohlora.labelling.label_columns import LabelName

    label = LabelName.parse(label_text)
    regions = default_regions(label.name) if top_centre is None else REGIONS[: 1 + top_centre]
    settings = ClassifierSettings(
        label=label.name,
        column=column or label.column,
        folds=folds,
        epochs=epochs,
        patience=patience,
        seed=seed,
        mirror=mirror,
        network=NetworkConfig(size=size, regions=regions),
    )
    merge_if_free(faces)
    compute = ComputeSettings.find(device, precision, devices=1)
    for line in train(faces, label, settings, out or default_run(faces, label), compute, overwrite=overwrite).lines():
        click.echo(line)


@command.command("predict")
@click.argument("faces", type=_FACES)
@click.option("--model", "run", type=_FACES, metavar="RUN", help="A run of `ohlora classify train`.")
@click.option("--label", "label_text", metavar="NAME", help="Instead of --model: the run of FACES' own labels.")
@click.option(
    "--source",
    type=click.Choice(("classifier", "parser")),
    default="classifier",
    help="parser: what `ohlora label` read from its own gender head counts again.",
)
@device_option
@_PRECISION
def predict(faces: Path, run: Path | None, label_text: str | None, source: str, device: str, precision: str) -> None:
    """Write a probability for every face of FACES into its metadata.csv.

    The probability of gender goes to probability_gender; the value that counts to gender, and where it is from to
    gender_source. The gender head of the parser (FaceXFormer's, for photographs) is the other source.

    \b
    Examples:
      ohlora classify predict faces --label gender
      ohlora classify predict more_faces --model faces.labels/classifiers/gender
      ohlora classify predict faces --label gender --source parser
    """  # noqa: D301 - click reads the escape itself
    if (run is None) == (label_text is None) or (source == "parser" and label_text is None):
        raise click.UsageError("expected either --model RUN or --label NAME; --source parser goes with --label")
    from ohlora.labelling.label_columns import LabelName

    if source == "parser":
        from ohlora.classification.prediction import take_from_parser

        summary = take_from_parser(faces, LabelName.parse(str(label_text)))
    else:
        from ohlora.classification.ensemble import Ensemble
        from ohlora.classification.prediction import predict
        from ohlora.classification.run import default_run
        from ohlora.device import ComputeSettings

        folder = run if run is not None else default_run(faces, LabelName.parse(str(label_text)))
        compute = ComputeSettings.find(device, precision, devices=1, training=False)
        summary = predict(faces, Ensemble.from_pretrained(folder, compute))
    for line in summary.lines():
        click.echo(line)
