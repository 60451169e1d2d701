"""`ohlora finetune`: sliders for a generator, from faces that are labelled."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ohlora.cli.options import device_option

if TYPE_CHECKING:
    from ohlora.device import ComputeSettings


@click.command("finetune")
@click.argument("data", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--base", default="portraits", metavar="NAME_OR_PATH", help="The generator that gets sliders.")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder of the run.")
@click.option("--method", type=click.Choice(("latent", "directions", "adversarial")), default="latent")
@click.option("--attributes", metavar="NAMES", help="Sliders, between commas.  [default: all but the background's]")
@click.option("--steps", type=click.IntRange(1), help="Steps of the mapping network.  [default: 1000; adversarial 200]")
@click.option("--batch-size", "batch", type=click.IntRange(1), help="Faces of a step.  [default: 256; adversarial 16]")
@click.option("--rate", type=click.FloatRange(0, min_open=True), help="Learning rate at its highest.")
@click.option("--regressor-steps", type=click.IntRange(1), help="Steps of each latent regressor.")
@click.option("--rounds", type=click.IntRange(0), help="How often the current sliders draw faces to be labelled.")
@click.option("--round-faces", type=click.IntRange(1), help="Faces of such a round.")
@click.option("--round-steps", type=click.IntRange(1), help="Steps of the mapping network before each round.")
@click.option("--taught", type=click.IntRange(1), help="Requests that the teacher answers for each training.")
@click.option("--validate-every", type=click.IntRange(1), help="Of adversarial: steps between two validations.")
@click.option("--validate-faces", type=click.IntRange(2), help="Faces of a validation.")
@click.option("--checkpoint-every", type=click.IntRange(1), help="Steps between two checkpoints.")
@click.option("--seed", type=click.IntRange(0), help="Of everything random.")
@click.option("--parser", metavar="NAME_OR_FOLDER", help="Face parser that measures.  [default: the labels' own]")
@device_option
@click.option("--precision", type=click.Choice(("auto", "fp32", "bf16")), default="auto", help="auto: what is faster.")
@click.option("--devices", type=click.IntRange(0), default=0, help="Processes per node.  [default: every GPU]")
@click.option("--nodes", type=click.IntRange(1), default=1, help="Machines; start the command on each of them.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and stop.")
def command(
    data: Path,
    base: str,
    out: Path,
    attributes: str | None,
    parser: str | None,
    device: str,
    precision: str,
    devices: int,
    nodes: int,
    dry_run: bool,
    **chosen: Any,
) -> None:
    """Give a generator sliders that move what the labels of DATA measure.

    DATA is a folder of faces labelled by `ohlora label`, best those that the generator itself drew. A copy of the
    generator's mapping network learns to read the attributes, appended to the latent; everything else stays frozen. A
    stopped run goes on with the same command. The methods directions and adversarial are what others do, to compare with.

    \b
    Examples:
      ohlora synthesize --seeds 0-9999 --trunc 1 --out faces
      ohlora label faces --bounds quantile
      ohlora finetune faces --out run --dry-run
      ohlora finetune faces --out run
      ohlora finetune faces --method directions --out run/baselines/directions
    """  # noqa: D301 - click reads the escape itself
    from ohlora.device import ComputeSettings
    from ohlora.finetuning.plan import plan_lines, trained_lines
    from ohlora.finetuning.run import FinetuningRun
    from ohlora.finetuning.settings import build_settings

    if attributes is not None:
        chosen["attributes"] = tuple(name.strip() for name in attributes.split(",") if name.strip())
    settings = build_settings(precision=precision, **chosen)
    compute = ComputeSettings.find(device, precision, devices, nodes)
    run = FinetuningRun(data, base, out, settings, compute, parser)
    if dry_run:
        _tell(compute, plan_lines(run))
        return
    _tell(compute, trained_lines(run.job))
    _tell(compute, run.run().lines())


def _tell(compute: "ComputeSettings", lines: list[str]) -> None:
    for line in lines if compute.is_first_process else []:
        click.echo(line)
