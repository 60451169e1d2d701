"""`ohlora export`: a model with sliders for where there is no Python."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ohlora.export.comparison import Agreement
    from ohlora.export.onnx_model import Weights


@click.command("export")
@click.argument("model", default="portraits")
@click.option("--onnx", "onnx_file", type=click.Path(dir_okay=False, path_type=Path), help="Write one ONNX graph here.")
@click.option("--web", "folder", type=click.Path(file_okay=False, path_type=Path), help="Write a static page here.")
@click.option(
    "--weights",
    type=click.Choice(("fp32", "fp16")),
    help="How weights are stored; fp16 halves the file.  [default: fp32, for --web fp16]",
)
@click.option("--faces", type=click.IntRange(min=1), default=100, help="How many faces are compared with PyTorch's.")
def command(model: str, onnx_file: Path | None, folder: Path | None, weights: "Weights | None", faces: int) -> None:
    """Take MODEL, a generator with sliders, to where there is no Python.

    MODEL is a name, a run, a folder, a checkpoint, or a repository of Hugging Face (owner/name).  [default: portraits]

    --onnx writes one graph, from z, sliders and truncation to the picture, and a card beside it. --web writes a folder with
    a page of sliders that draws in the visitor's browser; any server of files can hand it out. Both are written only after
    they drew what PyTorch draws.

    \b
    Examples:
      ohlora export --onnx model.onnx
      ohlora export runs/mine --onnx model.onnx --weights fp16
      ohlora export --web page && python -m http.server -d page
    """  # noqa: D301 - click reads the escape itself
    if (onnx_file is None) == (folder is None):
        raise click.UsageError("expected --onnx FILE or --web DIR")
    from ohlora.export.onnx_model import build_onnx, require_onnx

    require_onnx()  # a missing library is told before the model is loaded

    from ohlora.export.comparison import compare
    from ohlora.generation.loaded_model import load_with_sliders

    if folder is not None:
        from ohlora.export.site import check_place

        check_place(folder)
    loaded = load_with_sliders(model)
    stored: Weights = weights or ("fp16" if folder is not None else "fp32")
    graph = build_onnx(loaded, stored)
    agreement = compare(graph, loaded, faces)
    agreement.check()
    click.echo(_compared(agreement))
    if onnx_file is not None:
        from ohlora.export.card import write_with_card

        click.echo(write_with_card(onnx_file, graph, loaded, stored, agreement))
    if folder is not None:
        from ohlora.export.site import write_site

        size = write_site(folder, graph, loaded, stored, agreement)
        click.echo(
            f"{folder}: a visitor fetches {size.processor / 1e6:.1f} MB, with WebGPU {size.graphics / 1e6:.1f} MB"
        )
        click.echo(f"look at it: python -m http.server -d {folder}")


def _compared(agreement: "Agreement") -> str:
    return (
        f"{agreement.faces} faces compared with PyTorch, in steps of 255: worst value {agreement.worst}, "
        f"mean {agreement.mean:.5f}, {agreement.share:.3%} of the values differ"
    )
