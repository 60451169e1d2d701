"""Pages of the documentation whose tables a script writes, between two markers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click


def with_section(page: str, section: str, rows: Iterator[str]) -> str:
    """`page` with the lines between a section's two markers replaced.

    Raises:
        click.ClickException: the markers are not there.
    """
    pattern = re.compile(rf"(<!-- {section}: begin[^\n]*-->\n).*?(<!-- {section}: end -->)", re.DOTALL)
    if not pattern.search(page):
        raise click.ClickException(f"expected the markers of the section {section!r} in the page; put them back first")
    return pattern.sub(lambda match: match[1] + "\n" + "\n".join(rows) + "\n\n" + match[2], page)
