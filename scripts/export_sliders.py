"""Puts a fine-tuned model's sliders beside the embedded generator that they were trained for, with the judge's report.

    python -m scripts.export_sliders --run runs/sliders --out ohlora/models/portraits

The generator's file stays as it is: fine-tuning does not change it, and the export refuses sliders of another one.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click
import torch

from ohlora.evaluation.goals import FRECHET_GOAL, GOALS, Goal, goal_of
from ohlora.evaluation.judge import REPORT_JSON
from ohlora.files import write_text
from ohlora.finetuning.run import MODEL
from ohlora.generation.model_card import table_lines
from ohlora.sliders.conditional import KEY, SLIDERS_FILE, read_conditional_config
from ohlora.sliders.storage import CONFIG_FILE, NORMALIZATION_FILE
from scripts.pages import with_section
from stylegan import from_pretrained

CARD = "README.md"
README = Path("README.md")
PUBLISHED = {"eyes": "0.92", "mouth": "0.85", "pose": "0.88"}
"""The best mean r that was published for any method, on faces of each author's choice."""


@click.command()
@click.option("--run", type=click.Path(path_type=Path, exists=True), required=True, help="Folder of the fine-tuning.")
@click.option("--out", type=click.Path(path_type=Path, exists=True), required=True, help="The generator's folder.")
def main(run: Path, out: Path) -> None:
    """Export the sliders of RUN."""
    tuned, embedded = (from_pretrained(folder).state_dict() for folder in (run / MODEL, out))
    if tuned.keys() != embedded.keys() or any(not torch.equal(tuned[name], embedded[name]) for name in tuned):
        raise click.UsageError(
            f"the sliders of {run} belong to another generator than the one in {out}; fine-tune again"
        )
    for name in (SLIDERS_FILE, NORMALIZATION_FILE):
        shutil.copyfile(run / MODEL / name, out / name)
    config = json.loads((out / CONFIG_FILE).read_text(encoding="utf-8"))
    config[KEY] = read_conditional_config(run / MODEL)
    write_text(out / CONFIG_FILE, json.dumps(config, indent=2) + "\n")
    report = run / "evaluation" / REPORT_JSON
    if report.exists():
        _export_report(report, out)
    click.echo(f"sliders of {run} in {out}{'' if report.exists() else ', without a report: run ohlora evaluate first'}")


def _export_report(report: Path, out: Path) -> None:
    """The report without its rows per face, and its table in the model's card."""
    content = json.loads(report.read_text(encoding="utf-8"))
    for model in content["models"]:
        for result in model["attributes"].values():
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


def comparison_rows(content: dict[str, Any]) -> Iterator[str]:
    """The judged model beside its rivals as a Markdown table; in bold what misses its goal."""
    first, *rivals = content["models"]
    yield f"| {content['ramps']:,} random faces | ohlora | {' | '.join(one['name'] for one in rivals)} | published best | goal |"
    yield "|---" * (4 + len(rivals)) + "|"
    for name, result in first["attributes"].items():
        others = (one["attributes"].get(name, {}).get("r", {}).get("mean") for one in rivals)
        yield _row(f"r, {name}", result["r"]["mean"], others, _bounds(goal_of("r", name)), PUBLISHED.get(name, "-"))
    for name, label in (
        ("error", "mean absolute error"),
        ("drift", "drift of other attributes"),
        ("identity", "identity kept"),
    ):
        bounds = _bounds(GOALS[name]) | (_half_of_directions(rivals) if name == "drift" else {})
        yield _row(label, first["means"][name], (one["means"][name] for one in rivals), bounds, "-")
    distances = [
        one["frechet"].get("relative") if isinstance(one["frechet"], dict) else None for one in content["models"]
    ]
    yield _row("Frechet distance, times the base's", distances[0], iter(distances[1:]), _bounds(FRECHET_GOAL), "-")


def _bounds(goal: Goal | None) -> dict[str, Goal]:
    """A goal by what the table says of it."""
    return {} if goal is None else {f"{'at least' if goal.higher else 'at most'} {goal.least:g}": goal}


def _half_of_directions(rivals: list[dict[str, Any]]) -> dict[str, Goal]:
    """Drift's other goal: under half of what linear directions have, where they were judged."""
    half = next((0.5 * one["means"]["drift"] for one in rivals if one["name"] == "directions"), None)
    return {} if half is None else {"under half of directions'": Goal(half, half, higher=False)}


def _row(
    label: str, value: float | None, others: Iterable[float | None], bounds: dict[str, Goal], published: str
) -> str:
    own = "-" if value is None else f"{value:.3f}"
    if value is not None and any(goal.grade(value) == "below" for goal in bounds.values()):
        own = f"**{own}**"
    cells = ["-" if other is None else f"{other:.3f}" for other in others]
    return f"| {' | '.join([label, own, *cells, published, ', '.join(bounds)])} |"


if __name__ == "__main__":
    main()
