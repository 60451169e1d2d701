"""The demo: faces synthesised, labelled and shown, and their sliders moved and measured, in one folder."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from PIL import Image

from ohlora.datasets.face_folder import FaceDataset
from ohlora.errors import DatasetError
from ohlora.evaluation import EvaluationSettings, MeasuringModels, evaluate, evaluation_seeds, write_page
from ohlora.evaluation.measuring_models import embedded_identity
from ohlora.evaluation.tables import table_lines
from ohlora.files import write_text
from ohlora.generation.face_generator import FaceGenerator
from ohlora.generation.loaded_model import LoadedModel
from ohlora.generation.synthesis import SynthesisSettings, SynthesisSummary, synthesize
from ohlora.images.contact_sheet import SheetStyle, contact_sheet
from ohlora.images.pictures import write_png
from ohlora.labelling.attributes import ATTRIBUTES
from ohlora.labelling.folder import label
from ohlora.labelling.report import write_report
from ohlora.labelling.report.page import attribute_columns
from ohlora.labelling.settings import LabelSettings
from ohlora.labelling.summary import LabelSummary
from ohlora.progress import describe_rate
from ohlora.reports.figures import save_distributions
from ohlora.sliders.slider_model import SliderModel
from segmentation import FaceParser
from segmentation.overlay import draw_legend
from stylegan import GeneratorNetwork

_COLUMNS = 8
_SHEET_SEED = 7

_MADE = (
    *("faces", "faces.labels", "contact_sheet.png", "label_maps.png", "attributes.csv", "distributions.png"),
    *("report.html", "sliders.png", "evaluation"),
)
"""Everything that a demo leaves in its folder."""


@dataclass(frozen=True)
class DemoSummary:
    """What the demo made.

    Attributes:
        synthesis: Of the faces.
        labels: Of their labels.
        files: What each file or folder shows, by its path.
        figures: The table of the short evaluation of the sliders; empty where the model has none.
    """

    synthesis: SynthesisSummary
    labels: LabelSummary
    files: dict[Path, str]
    figures: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """What was made and where, for people."""
        width = max(len(str(path)) for path in self.files)
        return [
            f"synthesised {describe_rate(self.synthesis.made, self.synthesis.seconds, 'faces')}",
            f"labelled {describe_rate(self.labels.made, self.labels.seconds, 'images')}",
            self.labels.missing_line(),
            *(f"{path!s:{width}}  {text}" for path, text in self.files.items()),
            *self.figures,
        ]


def make_demo(
    out: str | Path,
    generator: LoadedModel[GeneratorNetwork],
    parser: FaceParser,
    *,
    seeds: tuple[int, ...] = tuple(range(64)),
    label_settings: LabelSettings | None = None,
    sliders: LoadedModel[SliderModel] | None = None,
    precision: torch.dtype = torch.float32,
    progress: bool = True,
) -> DemoSummary:
    """Synthesise faces, label them and draw what came out; then move the sliders and measure what they did.

    Args:
        out: A folder for all of it; a second run keeps the finished faces.
        generator: What draws the faces.
        parser: What labels them.
        seeds: One face each.
        label_settings: How to label; label maps are written in any case.
        sliders: The generator with its sliders; None where it has none.
        precision: What the synthesis of the faces computes in.
        progress: Whether bars are shown.

    Returns:
        What was made.

    Raises:
        OhloraError: When the folder cannot be used.
    """
    folder = Path(out)
    _check_folder(folder)
    synthesis = synthesize(
        folder / "faces", SynthesisSettings(seeds, precision=precision), generator, progress=progress
    )
    settings = label_settings or LabelSettings(label_maps=True)
    labels = label(folder / "faces", settings, parser, progress=progress)
    dataset = FaceDataset(folder / "faces")
    columns = attribute_columns(dataset)
    write_png(folder / "contact_sheet.png", face_sheet(dataset))
    write_png(folder / "label_maps.png", label_map_sheet(dataset))
    write_text(folder / "attributes.csv", attribute_table(dataset))
    bounds = {name: (ATTRIBUTES[name].low, ATTRIBUTES[name].high) for name in columns}
    save_distributions(folder / "distributions.png", columns, bounds)
    write_report(folder / "faces", folder / "report.html")
    files = {
        "contact_sheet.png": "the faces",
        "label_maps.png": "their label maps in colour",
        "attributes.csv": "table of attributes",
        "distributions.png": "distributions of the attributes",
        "report.html": "all of it on one page",
        "faces": "the dataset folder",
    }
    figures: tuple[str, ...] = ()
    if sliders is not None:
        write_png(folder / "sliders.png", FaceGenerator(sliders).sheet(_SHEET_SEED, parser=parser))
        figures = tuple(evaluate_shortly(sliders, parser, folder / "evaluation", progress=progress))
        files = {"sliders.png": "one face: asked for / measured", **files}
        files["evaluation"] = "how well the sliders do what they say, on a few random faces"
    return DemoSummary(synthesis, labels, {folder / name: text for name, text in files.items()}, figures)


def _check_folder(folder: Path) -> None:
    """Refuse a folder with anything that no demo makes, so that nothing of others is written over.

    Raises:
        DatasetError: There is something, or a face that was not synthesised.
    """
    found = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    others = [name for name in found if name not in _MADE and not name.startswith(".")]
    if "faces" in found:
        dataset = FaceDataset(folder / "faces")
        others += [f"faces/{name}" for name in dataset.image_files() if not dataset.rows.get(name, {}).get("weights")]
    if others:
        raise DatasetError(f"{folder} holds {others[0]}, which no demo makes; choose another folder with --out")


def evaluate_shortly(
    model: LoadedModel[SliderModel],
    parser: FaceParser,
    out: Path,
    faces: int = 6,
    steps: int = 5,
    *,
    progress: bool = True,
) -> list[str]:
    """Evaluate sliders on so few random faces that it takes seconds, and write the report; returns its table."""
    settings = EvaluationSettings(
        evaluation_seeds(faces), steps, truncations=(1.0,), frechet_images=0, batch_size=steps
    )
    measuring = MeasuringModels(parser, embedded_identity(model.network.device))
    evaluation = evaluate(model, settings, measuring, out, progress=progress)
    write_page(evaluation, out)
    return [
        f"sliders on {faces} random faces (ohlora evaluate {model.name} measures more):",
        *table_lines(evaluation.results),
    ]


def face_sheet(dataset: FaceDataset) -> Image.Image:
    """All faces with their seeds."""
    captions = [f"seed {seed}" if seed else "" for seed in dataset.text("seed")]
    faces = [dataset.path(name) for name in dataset.rows]
    return contact_sheet(faces, captions=captions, style=SheetStyle(columns=_COLUMNS))


def label_map_sheet(dataset: FaceDataset) -> Image.Image:
    """Rows of faces, each over the row of its label maps in colour, with the names of the classes beside them."""
    faces = [dataset.path(name) for name in dataset.rows]
    maps = [dataset.labels_folder / "label_maps" / name for name in dataset.rows]
    tiles = [
        tile
        for start in range(0, len(faces), _COLUMNS)
        for row in (faces, maps)
        for tile in _filled_up(row[start : start + _COLUMNS], min(_COLUMNS, len(faces)))
    ]
    sheet = contact_sheet(tiles, style=SheetStyle(columns=_COLUMNS, tile=112))
    legend = draw_legend()
    whole = Image.new("RGB", (sheet.width + legend.width, max(sheet.height, legend.height + 32)), "white")
    whole.paste(sheet, (0, 0))
    whole.paste(legend, (sheet.width, 16))
    return whole


def attribute_table(dataset: FaceDataset) -> str:
    """The attributes alone as CSV text: a row per face, empty where one is missing, and why."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    columns = ["file_name", "seed", *ATTRIBUTES, "missing"]
    writer.writerow(columns)
    writer.writerows([row.get(column, "") for column in columns] for row in dataset.rows.values())
    return text.getvalue()


def _filled_up(row: Sequence[Path], length: int) -> list[Path | Image.Image]:
    return [*row, *[Image.new("RGB", (1, 1), "white")] * (length - len(row))]
