"""Puts a fine-tuned model's sliders beside the embedded generator that they were trained for, with the evaluation's report.

    python -m scripts.export_sliders --run runs/sliders --out ohlora/models/portraits

The generator's file stays as it is: fine-tuning does not change it, and the export refuses sliders of another one.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import click
import torch

from ohlora.evaluation.results import REPORT_JSON
from ohlora.files import write_text
from ohlora.generation.model_card import table_lines
from ohlora.hub.model_folder import CONFIG_FILE, read_config
from ohlora.hub.resolve import MODEL_SUBFOLDER
from ohlora.sliders.storage import CONDITIONAL, NORMALIZATION_FILE
from scripts.comparison import comparison_rows
from scripts.pages import with_section
from stylegan import from_pretrained

CARD = "README.md"
README = Path("README.md")


@click.command()
@click.option("--run", type=click.Path(path_type=Path, exists=True), required=True, help="Folder of the fine-tuning.")
@click.option("--out", type=click.Path(path_type=Path, exists=True), required=True, help="The generator's folder.")
def main(run: Path, out: Path) -> None:
    """Export the sliders of RUN."""
    tuned, embedded = (from_pretrained(folder).state_dict() for folder in (run / MODEL_SUBFOLDER, out))
    if tuned.keys() != embedded.keys() or any(not torch.equal(tuned[name], embedded[name]) for name in tuned):
        raise click.UsageError(
            f"the sliders of {run} belong to another generator than the one in {out}; fine-tune again"
        )
    for name in (CONDITIONAL.weights, NORMALIZATION_FILE):
        shutil.copyfile(run / MODEL_SUBFOLDER / name, out / name)
    entry = read_config(run / MODEL_SUBFOLDER)[CONDITIONAL.name]
    write_text(out / CONFIG_FILE, json.dumps({**read_config(out), CONDITIONAL.name: entry}, indent=2) + "\n")
    report = run / "evaluation" / REPORT_JSON
    if report.exists():
        _export_report(report, out)
    click.echo(f"sliders of {run} in {out}{'' if report.exists() else ', without a report: run ohlora evaluate first'}")


def _export_report(report: Path, out: Path) -> None:
    """The report without its rows per face, and its table in the model's card."""
    content = json.loads(report.read_text(encoding="utf-8"))
    # The run lies wherever it was made; what ships has its own name.
    content["models"][0]["name"] = out.name
    for model in content["models"]:
        for at in (model, *model["further"]):
            for result in (*at["attributes"].values(), *at["probabilities"].values()):
                result.pop("r_per_ramp", None)
    write_text(out / REPORT_JSON, json.dumps(content, indent=1) + "\n")
    rows = iter(
        [
            f"{content['ramps']:,} random faces, truncation {content['truncation']:g}.",
            "",
            *table_lines(content["models"][0]),
        ]
    )
    if README.exists():
        write_text(README, with_section(README.read_text(encoding="utf-8"), "sliders", comparison_rows(content)))
    write_text(out / CARD, with_section((out / CARD).read_text(encoding="utf-8"), "sliders", rows))


if __name__ == "__main__":
    main()
