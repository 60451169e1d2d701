"""Options that several commands share, so that they read and mean the same everywhere.

Nothing here imports torch: the values stay names until the command itself resolves them with `ohlora.device`.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

_DEVICES = ("auto", "cpu", "cuda", "mps")
_PRECISIONS = ("auto", "fp32", "bf16", "fp16")
_WAYS_OF_NAMING = "a name, a run, a folder, a checkpoint, or a repository of Hugging Face (owner/name)."


def model_option(what: str, default: str | None = "portraits") -> Callable[[Command], Command]:
    """Adds `--model`; the command gets `model: str` for `ohlora.hub.resolve_model`.

    Args:
        what: What the model does for the command, the help's beginning.
        default: The model when none is given; None where the command has to know that none was.

    Returns:
        The decorator.
    """
    shown = "  [default: portraits]" if default is None else ""
    return click.option("--model", default=default, metavar="MODEL", help=f"{what}: {_WAYS_OF_NAMING}{shown}")


def parser_option(what: str) -> Callable[[Command], Command]:
    """Adds `--parser`; the command gets `parser_name: str` for `ohlora.hub.load_parser`.

    Args:
        what: What the parser does for the command, the help's beginning.

    Returns:
        The decorator.
    """
    text = f"{what}: {_WAYS_OF_NAMING}"
    return click.option("--parser", "parser_name", default="portraits", metavar="MODEL", help=text)


def device_option(command: Command) -> Command:
    """Adds `--device`; the command gets `device: str` for `ohlora.device.resolve_device`."""
    text = "Where networks run. auto: CUDA, else Apple's GPU, else the CPU."
    return click.option("--device", type=click.Choice(_DEVICES), default="auto", help=text)(command)


def precision_option(command: Command) -> Command:
    """Adds `--precision`; the command gets `precision: str` for `ohlora.device.resolve_precision`."""
    text = "What networks compute in. auto: fp32, the same on every machine; fp16 needs a GPU."
    return click.option("--precision", type=click.Choice(_PRECISIONS), default="auto", help=text)(command)


def batch_size_option(default: int = 16) -> Callable[[Command], Command]:
    """Adds `--batch-size`; the command gets `batch_size: int`, at least 1.

    Args:
        default: The size when none is given.

    Returns:
        The decorator.
    """
    text = "How many images go through a network at once; results differ by rounding at most."
    return click.option("--batch-size", type=click.IntRange(min=1), default=default, help=text)


def visitor_options(command: Command) -> Command:
    """Adds `--host`, `--auth` and `--no-auth`; the command gets them for `ohlora.access.check_visitors`."""
    host = "Where to listen; others than this machine need --auth or --no-auth."
    auth = "Ask visitors for these. Also: OHLORA_AUTH."
    for option in (
        click.option("--no-auth", is_flag=True, help="Let everybody in who reaches the host."),
        click.option("--auth", envvar="OHLORA_AUTH", metavar="USER:PASSWORD", help=auth),
        click.option("--host", default="127.0.0.1", metavar="ADDRESS", help=host),
    ):
        command = option(command)
    return command
