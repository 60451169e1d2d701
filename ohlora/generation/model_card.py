"""The model card of a generator with sliders: what it is, its sliders, and how well they were measured to work."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ohlora.sliders.slider import Slider

REPORT_NAME = "report.json"
_PLACES = (REPORT_NAME, f"evaluation/{REPORT_NAME}", f"../evaluation/{REPORT_NAME}")

_HEAD = """---
library_name: ohlora
license: mit
tags:
- face-generation
- stylegan
---

# Faces with sliders

A StyleGAN generator whose faces have sliders.

```python
from ohlora import FaceGenerator

generator = FaceGenerator.from_pretrained("THIS_FOLDER_OR_REPOSITORY")
generator.generate(seed=7, {example}).save("face.png")
```

| slider | range | what it moves |
|---|---|---|
"""


def report_beside(folder: Path) -> Path | None:
    """The report of a model's evaluation: in its folder, or where `ohlora evaluate` puts it."""
    return next((folder / place for place in _PLACES if (folder / place).is_file()), None)


def model_card_text(sliders: Mapping[str, Slider], report: Path | None) -> str:
    """The card as Markdown.

    Args:
        sliders: The model's sliders.
        report: A `report.json` of `ohlora evaluate`; without one the card says that nothing was measured.
    """
    first = next(iter(sliders.values()))
    text = _HEAD.replace("{example}", f"{first.name}={first.high:g}")
    for slider in sliders.values():
        what = ": ".join(part for part in (slider.description, slider.direction) if part)
        text += f"| {slider.name} | {slider.low:g} to {slider.high:g} | {what} |\n"
    if report is None:
        return text + "\nHow well the sliders work was not measured; `ohlora evaluate` does that.\n"
    content = json.loads(report.read_text(encoding="utf-8"))
    return (
        f"{text}\n## Measured on {content['ramps']} random faces\n\n"
        "Every slider was moved through its range, and every picture measured by the face parser and the scores; ± is the "
        "standard deviation over faces.\n\n" + "\n".join(table_lines(content["models"][0])) + "\n"
    )


def table_lines(model: Mapping[str, Any]) -> list[str]:
    """One model's part of a report as a Markdown table."""
    lines = ["| slider | r | error | slope | drift | identity | missing |", "|---|---|---|---|---|---|---|"]
    for name, result in model["attributes"].items():
        cells = [
            _figure(result["r"], spread=True),
            *(_figure(result[key]) for key in ("error", "slope", "drift", "identity")),
        ]
        lines.append(f"| {name} | {' | '.join(cells)} | {result['missing']:.1%} |")
    return lines


def _figure(value: Any, spread: bool = False) -> str:
    """A mean for people; a text says why it was not measured."""
    if not isinstance(value, Mapping) or value["mean"] is None:
        return "not measured"
    text = f"{value['mean']:.3f}"
    return f"{text} ± {value['deviation']:.3f}" if spread else text
