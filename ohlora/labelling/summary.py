"""What labelling a folder did."""

from dataclasses import dataclass, field
from pathlib import Path

from ohlora.datasets.face_folder import TABLE_NAME
from ohlora.datasets.resumable import RunSummary
from ohlora.files import command_text


@dataclass(frozen=True)
class LabelSummary(RunSummary):
    """What a run did.

    Attributes:
        unreadable: Images of the folder that cannot be read.
        faceless: Images of the folder in which no face was found.
        missing: Images without a value, by attribute; unreadable and faceless ones are among them.
        warnings: What the user should know, one line each.
        notes: What happened to bounds and to labels that were there, one line each.
        files: Files and folders that were written beside the table.
    """

    unreadable: int
    faceless: int
    missing: dict[str, int]
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)

    def lines(self) -> list[str]:
        """What was done, what is missing, where it is and what comes next, for people."""
        lines = [self.rate_line("images", "were labelled already")]
        if self.unreadable:
            lines.append(f"{self.unreadable} images cannot be read")
        if self.faceless:
            lines.append(f"no face found in {self.faceless} images")
        lines.append(self.missing_line())
        lines += self.notes
        lines.append(f"labels in {self.folder / TABLE_NAME}")
        lines += [f"also {path}" for path in self.files]
        return [*lines, f"next: {command_text('ohlora', 'report', self.folder)}"]

    def missing_line(self) -> str:
        """How many images lack which attribute."""
        missing = ", ".join(f"{name} {count}" for name, count in self.missing.items() if count)
        return f"missing: {missing} (why: column 'missing')" if missing else "missing: nothing"
