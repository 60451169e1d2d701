"""Agreement of annotators: from their logs to a majority per face, and to Cohen's kappa per pair of annotators.

The share of equal answers alone would flatter a label whose answers are mostly the same; kappa corrects it for the
agreement that two people reach by chance (Cohen, 1960). Skipped faces count in neither.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TypeAlias

from ohlora.annotation.answers import Answer, Key, read_log

AllAnswers: TypeAlias = Mapping[str, Mapping[Key, Answer | None]]
"""Answers by annotator, and by label and image."""

# A dozen names still read as one message; the page and the log have the rest.
_LISTED = 12


def read_answers(labels_folder: Path) -> AllAnswers:
    """Read the logs of all annotators, in the order of their names.

    Raises:
        DatasetError: When a log is damaged.
    """
    return {path.stem: read_log(path) for path in sorted((labels_folder / "answers").glob("*.jsonl"))}


def summary_lines(answers: AllAnswers, labels: Collection[str]) -> list[str]:
    """Summarise for people what every annotator answered for some labels, and where two of them differ."""
    lines = []
    for who, log in answers.items():
        for label in labels:
            given = [answer for (name, _), answer in log.items() if name == label and answer is not None]
            skipped = f", {given.count('skip')} skipped" if "skip" in given else ""
            if given:
                lines.append(f"{label}: {who} answered {given.count(0)} with 0, {given.count(1)} with 1{skipped}")
    lines += [one.line() for one in agreements(answers) if one.label in labels]
    return lines or [f"nobody has answered yet: {', '.join(labels)}"]


def majority(answers: list[Answer]) -> int | None:
    """The answer of most annotators; None where as many said 0 as 1, or all skipped."""
    ones, zeros = answers.count(1), answers.count(0)
    return None if ones == zeros else int(ones > zeros)


@dataclass(frozen=True)
class Agreement:
    """How far two annotators agree on a label.

    Attributes:
        label: The label.
        first: One annotator.
        second: The other.
        both: Images that both answered with 0 or 1.
        kappa: Cohen's kappa, 1 for full agreement and 0 for what chance alone would give; None where it is undefined.
        differing: Images that they answered differently, each with the first's answer.
    """

    label: str
    first: str
    second: str
    both: int
    kappa: float | None
    differing: tuple[tuple[str, int], ...]

    def line(self) -> str:
        """The agreement for people, with the images in question."""
        share = 100.0 * (self.both - len(self.differing)) / self.both
        kappa = f", Cohen's kappa {self.kappa:.2f}" if self.kappa is not None else ""
        text = f"{self.label}: {self.first} and {self.second} agree on {share:.1f} % of {self.both} faces{kappa}"
        if not self.differing:
            return text
        faces = [f"{face} ({self.first} {mine}, {self.second} {1 - mine})" for face, mine in self.differing[:_LISTED]]
        more = len(self.differing) - len(faces)
        return f"{text}; they differ on {', '.join(faces)}" + (f" and {more} more" if more else "")


def agreements(answers: AllAnswers) -> Iterator[Agreement]:
    """Compare every two annotators on every label that both have answered."""
    for (first, mine), (second, theirs) in combinations(answers.items(), 2):
        for label in sorted({label for label, _ in mine}):
            pairs = [
                (face, int(answer), int(other))
                for (name, face), answer in mine.items()
                if name == label and answer in (0, 1) and (other := theirs.get((name, face))) in (0, 1)
            ]
            if pairs:
                yield _compare(label, first, second, pairs)


def _compare(label: str, first: str, second: str, pairs: list[tuple[str, int, int]]) -> Agreement:
    differing = tuple((face, one) for face, one, other in pairs if one != other)
    observed = 1.0 - len(differing) / len(pairs)
    ones = sum(one for _, one, _ in pairs) / len(pairs)
    others = sum(other for _, _, other in pairs) / len(pairs)
    # Cohen (1960): agreement beyond that of two people who answer at random, each with their own share of ones.
    chance = ones * others + (1.0 - ones) * (1.0 - others)
    kappa = (observed - chance) / (1.0 - chance) if chance < 1.0 else None
    return Agreement(label, first, second, len(pairs), kappa, differing)
