"""The `ohlora` command: its subcommands, loaded when needed, and how errors reach the user."""

import importlib
import importlib.util
import logging
import os
import re
from typing import Any

import click

from ohlora.cli.usage import usage_line
from ohlora.errors import is_user_error
from ohlora.version import __version__

# In the order of the flow, which is the order of the help. A command lives in the module of its name.
COMMANDS = (
    *("demo", "synthesize", "label", "report", "annotate", "classify", "filter"),
    *("finetune", "generate", "serve", "export", "evaluate", "portraits", "models"),
)


_HOME = re.compile(r"^(--[\w-]+=)?~(?=/|$)")


def _home(match: re.Match[str]) -> str:
    return f"{match.group(1) or ''}{os.path.expanduser('~')}"


class UserError(click.ClickException):
    """An error shown as one line."""

    exit_code = 2


class FlowGroup(click.Group):
    """A group whose commands are imported when they are run, so that the command line answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Returns the names of the commands that exist, in the order of the flow."""
        return [name for name in COMMANDS if importlib.util.find_spec(f"ohlora.cli.{name}")]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports a command by name; None for an unknown one."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(f"ohlora.cli.{cmd_name}").command
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Reads the options before the command; mistakes become one line.

        `~/` is the home also in `--out=~/faces`, which shells hand on as it is.
        """
        try:
            return super().parse_args(ctx, [_HOME.sub(_home, argument) for argument in args])
        except click.UsageError as error:
            raise self._as_one_line(error) from error

    def invoke(self, ctx: click.Context) -> Any:
        """Runs a command; errors that the user can act on become one line, and Ctrl-C says how to go on."""
        # No command shows windows; a notebook's backend, which need not be installed here, would keep matplotlib from loading.
        os.environ.pop("MPLBACKEND", None)
        show_what_loads()
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("\ninterrupted; run the same command again to go on", err=True)
            ctx.exit(130)
        except BrokenPipeError:
            raise  # the reader of our output went away; click ends quietly
        except click.UsageError as error:
            raise self._as_one_line(error) from error
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:
            message = describe_error(error)
            if message is None or ctx.params.get("traceback"):
                raise
            raise UserError(message) from error

    def _as_one_line(self, error: click.UsageError) -> click.ClickException:
        line = usage_line(error, self)
        return error if line is None else UserError(line)


class Lines(logging.Handler):
    """Writes messages as plain lines to the error stream, each once."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self._shown: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Writes one message."""
        message = record.getMessage()
        if message not in self._shown:
            self._shown.add(message)
            click.echo(message, err=True)


def show_what_loads() -> None:
    """Lets the reader of checkpoint files say what it found in one."""
    logger = logging.getLogger("stylegan.checkpoints")
    logger.handlers = [Lines()]
    logger.setLevel(logging.INFO)


def describe_error(error: Exception) -> str | None:
    """Puts an error that the user can act on into one line.

    Args:
        error: What a command raised.

    Returns:
        The line, or None for an error that is a bug of ours and should keep its traceback.
    """
    if is_user_error(error):
        return " ".join(str(error).split())
    if isinstance(error, OSError):
        reason = error.strerror or str(error)
        return f"{error.filename}: {reason}" if error.filename is not None else reason
    if type(error).__name__ == "OutOfMemoryError":
        return "the device ran out of memory; run the command again with a smaller --batch-size, or with --device cpu"
    return None


@click.group(cls=FlowGroup, context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.version_option(__version__, prog_name="ohlora")
@click.option("--traceback", is_flag=True, help="Show the whole traceback of an error.")
def main(traceback: bool) -> None:
    """Synthesise faces, label them, and see what the labels say.

    Start with `ohlora demo`, or step by step:

    \b
      ohlora synthesize --seeds 0-63 --out faces
      ohlora label faces
      ohlora report faces
    """  # noqa: D301 - click reads the escape itself


if __name__ == "__main__":
    main()
