"""`ohlora evaluate`: how well sliders do what they say."""

from pathlib import Path

import click

from ohlora.cli.options import device_option, parser_option, precision_option


@click.command("evaluate")
@click.argument("run", metavar="RUN")
@click.option("--ramps", type=click.IntRange(min=1), default=200, help="Random faces; each slider gets a ramp of each.")
@click.option("--seeds", metavar="LIST", help="These faces instead, such as 0,3,7-12.")
@click.option(
    "--against", metavar="NAMES", default="", help="Baselines on the same faces, such as directions,adversarial."
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Folder of the report.  [default: RUN/evaluation]"
)
@click.option("--attributes", metavar="NAMES", default="", help="Only these sliders, between commas.")
@click.option("--steps", type=click.IntRange(min=3), default=11, help="Values of a ramp.")
@click.option(
    "--trunc", "--truncation", "truncations", metavar="LIST", default="1,0.7", help="psi: 1 varied ... 0 average."
)
@click.option(
    "--further-ramps",
    type=click.IntRange(min=1),
    help="Faces at every truncation but the first.  [default: a quarter of all]",
)
@parser_option("What measures the faces")
@click.option("--scores", type=click.Choice(("v1", "v2", "v3")), default="v3", help="Version of the scores.")
@click.option(
    "--identity",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of an identity network.  [default: the embedded one]",
)
@click.option(
    "--second-parser",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of a parser trained apart (scripts.train_second_parser); it measures as many ramps as --further-ramps.",
)
@click.option(
    "--frechet-images",
    type=click.IntRange(min=0),
    help="Images per set; 0 for none.  [default: 5 per ramp, at most 5000]",
)
@click.option("--examples", type=click.IntRange(min=0), default=2, help="Faces whose ramps are shown.")
@click.option("--batch-size", type=click.IntRange(min=1), default=33, help="Images that pass a network together.")
@click.option("--compile", "compiled", is_flag=True, help="Compile the synthesis: twice as fast after a minute.")
@device_option
@precision_option
def command(
    run: str,
    ramps: int,
    seeds: str | None,
    against: str,
    out: Path | None,
    attributes: str,
    steps: int,
    truncations: str,
    further_ramps: int | None,
    parser_name: str,
    scores: str,
    identity: Path | None,
    second_parser: Path | None,
    frechet_images: int | None,
    examples: int,
    batch_size: int,
    compiled: bool,
    device: str,
    precision: str,
) -> None:
    """Evaluate the sliders of RUN on random faces.

    RUN is a run of `ohlora finetune`, a model folder, or a name. Every slider of every face is moved through its range,
    and every picture measured by the labeller. A stopped run goes on with the same command, and more ramps only add
    to those that are done.

    \b
    Examples:
      ohlora evaluate runs/sliders
      ohlora evaluate runs/sliders --ramps 2000 --against directions,adversarial --precision bf16 --compile
    """  # noqa: D301 - click reads the escape itself
    from ohlora.generation.seeds import parse_seeds

    chosen = parse_seeds(seeds) if seeds is not None else None  # mistakes are answered before networks are loaded

    from ohlora.device import resolve_device
    from ohlora.evaluation import EvaluationSettings, evaluate, evaluation_seeds, write_page
    from ohlora.evaluation.baselines import load_baselines
    from ohlora.evaluation.evaluator import describe
    from ohlora.evaluation.measuring_models import load_measuring_models
    from ohlora.evaluation.settings import parse_truncations
    from ohlora.evaluation.tables import table_lines
    from ohlora.generation.loaded_model import load_with_sliders

    faces = chosen if chosen is not None else evaluation_seeds(ramps)
    settings = EvaluationSettings(
        seeds=faces,
        steps=steps,
        attributes=tuple(name.strip() for name in attributes.split(",") if name.strip()),
        truncations=parse_truncations(truncations),
        further_faces=further_ramps,
        scores=scores,
        frechet_images=frechet_images if frechet_images is not None else min(5000, max(2, 5 * len(faces))),
        examples=examples,
        batch_size=batch_size,
        precision=precision,
        compiled=compiled,
    )
    place = resolve_device(device)
    model = load_with_sliders(run, place)
    baselines = load_baselines(against, Path(run) if Path(run).exists() else model.folder, place)
    folder = out if out is not None else (Path(run) if Path(run).is_dir() else Path(".")) / "evaluation"
    measuring = load_measuring_models(parser_name, identity, place, precision, second_parser)
    evaluation = evaluate(model, settings, measuring, folder, baselines)
    page = write_page(evaluation, folder)
    for line in [*table_lines(evaluation.results), *describe(evaluation), f"report in {page}"]:
        click.echo(line)
