"""Mistakes in what was typed, as one line that says what was probably meant and where to read more."""

from __future__ import annotations

from collections.abc import Iterator

import click
from click.exceptions import NoSuchCommand

from ohlora.errors import did_you_mean


def usage_line(error: click.UsageError, root: click.Group) -> str | None:
    """What was wrong with a command line, in one line.

    Args:
        error: What click found.
        root: The group of all commands.

    Returns:
        The line, or None for an error that asks for a whole help text.
    """
    if type(error).__name__ == "NoArgsIsHelpError":
        return None
    context = error.ctx
    if context is None:
        return error.format_message()
    message = error.format_message().rstrip(".")
    if isinstance(error, click.NoSuchOption):
        message = f"No such option '{error.option_name}'{_near(error.option_name, context, root)}"
    if isinstance(error, NoSuchCommand):
        assert isinstance(context.command, click.Group)
        message = error.message.rstrip(".") + did_you_mean(error.command_name, context.command.list_commands(context))
    return f"{message}; {context.command_path} --help tells more"


def _near(option: str, context: click.Context, root: click.Group) -> str:
    """The option of the command that was probably meant, or the commands that have this option."""
    own = did_you_mean(option, _options(context.command))
    others = [path for path, command in _commands(root) if option in _options(command)]
    return own or (f" (an option of {', '.join(others)})" if others else "")


def _options(command: click.Command) -> list[str]:
    names = [name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)]
    return [name for name in names if name.startswith("--")]


def _commands(group: click.Group, path: str = "ohlora") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from _commands(command, f"{path} {name}")
        elif command is not None:
            yield f"{path} {name}", command
