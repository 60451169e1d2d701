"""How the entries of one layout get the names and shapes of another: rules, of which the first that fits a name is taken."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from stylegan.errors import CheckpointError
from stylegan.stylegan2.resampling import low_pass_filter

Numbers = tuple[int, ...]


@dataclass(frozen=True)
class Rule:
    """Gives entries another name.

    Attributes:
        pattern: What the whole name looks like; its groups that are digits are the name's numbers.
        name: The new name, from the numbers; None drops a low-pass filter.
        change: What is done to the value.
    """

    pattern: str
    name: Callable[[Numbers], str] | None
    change: Callable[[Tensor], Tensor] = lambda value: value


def renamed(state: Mapping[str, Tensor], rules: Sequence[Rule]) -> dict[str, Tensor]:
    """The entries under their new names; those that no rule fits keep theirs, for the strict check to name them.

    Raises:
        CheckpointError: A low-pass filter is another one than StyleGAN2's.
    """
    entries = {}
    for name, value in state.items():
        rule, numbers = _fitting(name, rules)
        if rule is None:
            entries[name] = value
        elif rule.name is None:
            check_filter(name, value)
        else:
            entries[rule.name(numbers)] = rule.change(value)
    return entries


def leaves(pattern: str, place: Callable[[Numbers], str]) -> list[Rule]:
    """Rules for the weight and the bias of layers whose leaves keep their names.

    Args:
        pattern: What the layers' names look like.
        place: The new name of a layer.
    """

    def rule(leaf: str) -> Rule:
        return Rule(rf"{pattern}\.{leaf}", lambda numbers: f"{place(numbers)}.{leaf}")

    return [rule(leaf) for leaf in ("weight", "bias")]


def _fitting(name: str, rules: Sequence[Rule]) -> tuple[Rule | None, Numbers]:
    for rule in rules:
        if match := re.fullmatch(rule.pattern, name):
            return rule, tuple(int(group) for group in match.groups())
    return None, ()


def check_filter(name: str, value: Tensor) -> None:
    """Holds a stored low-pass filter, of any gain, to be StyleGAN2's own, which is not stored here.

    Raises:
        CheckpointError: It is another one.
    """
    expected = low_pass_filter()
    found = value.detach().to("cpu", torch.float32).reshape(-1)
    is_same = found.numel() == expected.numel() and torch.allclose(found / found.sum(), expected.reshape(-1), atol=1e-4)
    if not is_same:
        raise CheckpointError(f"{name} is another low-pass filter than [1, 3, 3, 1], which is not supported")


def without_first_axis(value: Tensor) -> Tensor:
    """Takes off a first axis of length 1."""
    return value.squeeze(0)


def flat(value: Tensor) -> Tensor:
    """As one axis."""
    return value.reshape(-1)


def scalar(value: Tensor) -> Tensor:
    """Without axes, if it is one number."""
    return value.reshape(()) if value.numel() == 1 else value


def picture(value: Tensor) -> Tensor:
    """A noise picture without the axes of batch and channels."""
    return value.squeeze(0).squeeze(0)
