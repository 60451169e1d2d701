"""`ohlora report`: what a labelled folder looks like, on one page."""

from pathlib import Path

import click


@click.command("report")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The HTML file.  [default: report.html in FOLDER]",
)
def command(folder: Path, out: Path | None) -> None:
    """Write one HTML file that shows what the labels of FOLDER say.

    It holds a contact sheet, the attributes' distributions, their correlations, and the faces at the ends of each; all
    pictures are inside the file, which opens without a network.
    """
    from ohlora.labelling.report import write_report

    click.echo(f"report in {write_report(folder, out)}")
