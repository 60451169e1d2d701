"""`ohlora annotate`: label faces by hand, in the browser."""

from pathlib import Path

import click

from ohlora.cli.options import visitor_options


@click.command("annotate")
@click.argument("faces", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--label",
    "labels",
    multiple=True,
    required=True,
    metavar="NAME[=ZERO,ONE]",
    help="What is asked; may be repeated. gender and quality know their words.",
)
@click.option("--annotator", default="me", metavar="NAME", help="Who answers; each has a log of their own.")
@click.option("--only-uncertain", is_flag=True, help="Only what the classifier is not sure of, the least sure first.")
@click.option("--skipped", is_flag=True, help="Ask again for what was skipped.")
@click.option("--count", type=click.IntRange(min=1), help="At most this many faces.  [default: all]")
@click.option("--summary", is_flag=True, help="Only say who answered what, and where annotators differ.")
@click.option("--port", type=click.IntRange(0, 65535), default=7861, help="0 for any that is free.")
@visitor_options
@click.option("--browser/--no-browser", default=True, help="Open the page in a browser.")
def command(
    faces: Path,
    labels: tuple[str, ...],
    annotator: str,
    only_uncertain: bool,
    skipped: bool,
    count: int | None,
    summary: bool,
    host: str,
    port: int,
    auth: str | None,
    no_auth: bool,
    browser: bool,
) -> None:
    """Ask for labels of FACES, one face at a time, on a page in the browser.

    Keys: 1, 0, S for skip, U for undo. Every answer is on the disk before the next face shows, and the same command goes
    on where it stopped. The answers go to the columns label_NAME and label_NAME_answers of metadata.csv.

    \b
    Examples:
      ohlora annotate faces --label gender --label quality
      ohlora annotate faces --label quality --count 2000 --annotator ben
      ohlora annotate faces --label gender --only-uncertain
      ohlora annotate faces --label glasses=without,with
      ohlora annotate faces --label gender --host 0.0.0.0 --auth anna:secret
    """  # noqa: D301 - click reads the escape itself
    from ohlora.annotation.access import Access
    from ohlora.annotation.agreement import read_answers, summary_lines
    from ohlora.annotation.queue import QueueSettings
    from ohlora.annotation.server import AnnotationServer, open_page, serve
    from ohlora.annotation.session import Session
    from ohlora.annotation.table import merge_if_free
    from ohlora.datasets.face_folder import FaceDataset
    from ohlora.labelling.label_columns import LabelName

    names = tuple(LabelName.parse(text) for text in labels)
    settings = QueueSettings(names, only_uncertain, skipped, count)
    access = Access(host, port, auth, no_auth)
    merge_if_free(faces)
    if summary:
        for line in summary_lines(read_answers(FaceDataset(faces).labels_folder), [label.name for label in names]):
            click.echo(line)
        return
    session = Session(FaceDataset(faces), annotator, settings)
    server = AnnotationServer(session, access)
    click.echo(f"label faces at {server.url} (stop with Ctrl-C; nothing is lost)")
    if browser:
        open_page(server.url)
    serve(server)
    for line in session.lines():
        click.echo(line)
