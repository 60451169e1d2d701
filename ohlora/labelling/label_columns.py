"""Labels that people and classifiers give: their names, their two answers, and their columns in a dataset's table.

label_gender            what people answered, 0 or 1; empty where they disagree or nobody did
label_gender_answers    who answered what, such as `anna 1; ben 0`
probability_gender      what the classifier says, 0..1
gender, gender_source   the value that counts, and where it is from
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ohlora.errors import SettingsError
from ohlora.labelling.attributes import ATTRIBUTES

CLASSIFIER = "classifier"
"""How `NAME_source` begins where a classifier gave the value."""

_ANSWERS = {"gender": ("man", "woman"), "quality": ("bad", "good")}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_RESERVED = frozenset({"file_name", "seed", "model", "weights", "truncation", "class", "parser", "face_box", "missing"})
_RESERVED_STARTS = ("label_", "probability_", "score_", "true_", "param_")


@dataclass(frozen=True)
class LabelName:
    """A label with two answers.

    Attributes:
        name: Identifier; also the column of the value that counts.
        zero: What the answer 0 means, in a word or two.
        one: What the answer 1 means.

    Raises:
        SettingsError: The name is none, or is a column that means something else.
    """

    name: str
    zero: str = "no"
    one: str = "yes"

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise SettingsError(f"expected a label's name of letters, digits and _, such as gender, got {self.name!r}")
        measured = self.name in ATTRIBUTES and ATTRIBUTES[self.name].source != "classifier"
        if measured or self.name in _RESERVED or self.name.startswith(_RESERVED_STARTS):
            what = "an attribute that is measured" if measured else "kept for something else"
            raise SettingsError(f"the label's name {self.name!r} is {what}; choose another, such as {self.name}_ok")
        if not (self.zero and self.one) or self.zero == self.one:
            raise SettingsError(f"expected two different answers of label {self.name}, got {self.zero!r}, {self.one!r}")

    @classmethod
    def parse(cls, text: str) -> LabelName:
        """Read `gender`, or `glasses=without,with` with the words for 0 and 1.

        Raises:
            SettingsError: When it is neither.
        """
        name, equals, words = text.partition("=")
        if not equals:
            return cls(name.strip(), *_ANSWERS.get(name.strip(), ("no", "yes")))
        zero, comma, one = words.partition(",")
        if not comma or "," in one:
            raise SettingsError(f"expected a label such as gender or glasses=without,with, got {text!r}")
        return cls(name.strip(), zero.strip(), one.strip())

    @property
    def column(self) -> str:
        """Column of what people answered."""
        return f"label_{self.name}"

    @property
    def answers_column(self) -> str:
        """Column that tells who answered what."""
        return f"label_{self.name}_answers"

    @property
    def probability_column(self) -> str:
        """Column of what the classifier says."""
        return f"probability_{self.name}"

    @property
    def source_column(self) -> str:
        """Column that tells where the value that counts is from."""
        return f"{self.name}_source"


def is_classified(row: Mapping[str, str], name: str) -> bool:
    """Whether the value of a label or attribute in this row was given by a classifier that was trained on answers."""
    return row.get(f"{name}_source", "").startswith(CLASSIFIER)
