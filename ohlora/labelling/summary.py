"""What labelling a folder did."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ohlora.datasets.face_folder import TABLE_NAME
from ohlora.datasets.resumable import RunSummary
from ohlora.files import command_text
from ohlora.progress import counted, listed


@dataclass(frozen=True)
class LabelSummary(RunSummary):
    """What a run did.

    Attributes:
        unreadable_images: Images of the folder that cannot be read.
        faceless_images: Images of the folder in which no face was found.
        implausible_images: Images of the folder whose face is not like a portrait's.
        absent_images: Images of the table that are not in the folder any more.
        missing: Images without a value, by attribute; unreadable and faceless ones are among them.
        warnings: What the user should know, one line each.
        notes: What happened to bounds and to labels that were there, one line each.
        files: Files and folders that were written beside the table.
    """

    unreadable_images: Sequence[str]
    faceless_images: Sequence[str]
    implausible_images: Sequence[str]
    absent_images: Sequence[str]
    missing: dict[str, int]
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)

    @property
    def unreadable(self) -> int:
        """Number of images that cannot be read."""
        return len(self.unreadable_images)

    @property
    def faceless(self) -> int:
        """Number of images in which no face was found."""
        return len(self.faceless_images)

    def lines(self) -> list[str]:
        """What was done, what is missing, where it is and what comes next, for people."""
        lines = [self.rate_line("images", "were labelled already")]
        lines += [
            f"{counted(len(names), 'images')} {what}: {listed(names)}{hint}"
            for what, names, hint in (
                ("that cannot be read", self.unreadable_images, ""),
                ("without a face", self.faceless_images, ""),
                ("not like a portrait", self.implausible_images, "; --all-faces keeps what was measured"),
                ("of the table not in the folder any more", self.absent_images, ""),
            )
            if names
        ]
        lines.append(self.missing_line())
        lines += self.notes
        lines.append(f"labels in {self.folder / TABLE_NAME}")
        lines += [f"also {path}" for path in self.files]
        return [*lines, f"next: {command_text('ohlora', 'report', self.folder)}"]

    def missing_line(self) -> str:
        """How many images lack which attribute."""
        missing = ", ".join(f"{name} {count}" for name, count in self.missing.items() if count)
        return f"missing: {missing} (why: column 'missing')" if missing else "missing: nothing"
