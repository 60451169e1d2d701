"""`ohlora filter`: a dataset of the faces that fulfil a condition."""

from pathlib import Path

import click


@click.command("filter")
@click.argument("faces", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--where", required=True, metavar="CONDITION", help='Such as "gender > 0.9 and quality > 0.9".')
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="The new folder; without it, only count.")
@click.option("--symlink", is_flag=True, help="Symbolic links instead of hard ones.")
@click.option("--copy", is_flag=True, help="Copies instead of links.")
def command(faces: Path, where: str, out: Path | None, symlink: bool, copy: bool) -> None:
    """Make a dataset of the faces whose labels fulfil a condition.

    Conditions compare columns of metadata.csv with numbers, texts in quotes and each other: < <= > >= == !=, chains such
    as 0.2 < eyes < 0.8, `and`, `or`, `not`, parentheses, `is missing` and `is not missing`. A comparison with an empty
    cell is unknown, and so is its opposite.

    \b
    Examples:
      ohlora filter faces --where "gender > 0.9 and quality > 0.9" --out women
      ohlora filter faces --where "not (mouth < 0.2 or pose is missing)"
      ohlora filter faces --where "gender_source == 'facexformer gender head'" --out photographs --copy
    """  # noqa: D301 - click reads the escape itself
    if symlink and copy:
        raise click.UsageError("expected --symlink or --copy, got both: images are either linked or copied")
    from ohlora.annotation.table import merge_if_free
    from ohlora.cli.main import UserError
    from ohlora.datasets.face_folder import FaceDataset
    from ohlora.datasets.filtering import ExpressionError, FilterSettings, select, write_filtered

    merge_if_free(faces)
    dataset = FaceDataset(faces)
    try:
        selection = select(dataset, where).on_disk(dataset)
    except ExpressionError as error:
        # The caret needs its own line, which the one-line form of errors would not leave it.
        raise UserError(error.pointed()) from error
    for line in selection.lines():
        click.echo(line)
    if out is None:
        return
    mode = "symlink" if symlink else "copy" if copy else "link"
    for line in write_filtered(dataset, selection, FilterSettings(out, mode)):
        click.echo(line)
