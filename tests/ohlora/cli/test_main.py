import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from PIL import Image

from ohlora import __version__
from ohlora.cli import main as cli
from ohlora.errors import OhloraError
from stylegan.errors import ConfigError


def failing_with(monkeypatch, error):
    """Makes `ohlora models` raise an error."""

    @click.command()
    def command():
        raise error

    monkeypatch.setattr(cli.FlowGroup, "get_command", lambda self, context, name: command)


@pytest.mark.parametrize("arguments", [["--help"], ["models", "--help"], ["models", "pull", "--help"], ["--version"]])
def test_help_answers_without_loading_networks(arguments):
    code = (
        f"import sys; from ohlora.cli.main import main; main({arguments}, standalone_mode=False); print(*sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(result.stdout.splitlines()[-1].split())
    assert not loaded & {"torch", "numpy", "PIL", "stylegan", "segmentation", "huggingface_hub"}


def test_every_command_has_help_that_loads_no_network():
    code = (
        "import sys; from click.testing import CliRunner; from ohlora.cli.main import main, FlowGroup\n"
        "for name in main.list_commands(None):\n"
        "    assert CliRunner().invoke(main, [name, '--help']).exit_code == 0, name\n"
        "assert 'torch' not in sys.modules, 'torch is loaded for a help text'"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def commands(command=cli.main, path=()):
    """Every command, and every command of a group, with its way there."""
    if not isinstance(command, click.Group):
        return [path]
    context = click.Context(command)
    return [found for name in command.list_commands(context)
            for found in commands(command.get_command(context, name), (*path, name))]  # fmt: skip


@pytest.mark.parametrize("path", [(), *commands()], ids=" ".join)
def test_examples_keep_their_lines(path):
    output = CliRunner().invoke(cli.main, [*path, "--help"]).output
    assert "\\b" not in output, "click wants the escape itself, not a backslash and a b"
    assert "Examples:" not in output or "\n  Examples:\n" in output


def test_the_first_help_keeps_its_lines():
    output = CliRunner().invoke(cli.main, ["--help"]).output
    assert "\\b" not in output
    assert "\n    ohlora label faces\n    ohlora report faces\n" in output


def test_commands_are_listed_in_the_order_of_the_flow():
    listed = cli.main.list_commands(click.Context(cli.main))
    assert "models" in listed
    assert listed == [name for name in cli.COMMANDS if name in listed]


def test_version():
    assert CliRunner().invoke(cli.main, ["--version"]).output == f"ohlora, version {__version__}\n"


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (OhloraError("expected a,\n   got b"), "Error: expected a, got b\n"),
        (ConfigError("resolution 7"), "Error: resolution 7\n"),
        (FileNotFoundError(2, "No such file or directory", "faces"), "Error: faces: No such file or directory\n"),
        (OSError(28, "No space left on device"), "Error: No space left on device\n"),
        (
            type("OutOfMemoryError", (RuntimeError,), {})("x"),
            "Error: the device ran out of memory; run the command again",
        ),
    ],
)
def test_errors_that_the_user_can_act_on_are_one_line(monkeypatch, error, line):
    failing_with(monkeypatch, error)
    result = CliRunner().invoke(cli.main, ["models"])
    assert result.exit_code == 2
    assert result.stderr.startswith(line)
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


def test_bugs_keep_their_traceback(monkeypatch):
    failing_with(monkeypatch, KeyError("x"))
    assert isinstance(CliRunner().invoke(cli.main, ["models"]).exception, KeyError)


def test_traceback_on_request(monkeypatch):
    failing_with(monkeypatch, OhloraError("x"))
    assert isinstance(CliRunner().invoke(cli.main, ["--traceback", "models"]).exception, OhloraError)


def test_interruption_says_how_to_go_on(monkeypatch):
    failing_with(monkeypatch, KeyboardInterrupt())
    result = CliRunner().invoke(cli.main, ["models"])
    assert result.exit_code == 130
    assert result.stderr == "\ninterrupted; run the same command again to go on\n"


def test_unknown_command():
    result = CliRunner().invoke(cli.main, ["paint"])
    assert result.exit_code == 2
    assert "No such command 'paint'" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["synthesise"], "No such command 'synthesise' (did you mean synthesize?); ohlora --help tells more"),
        (["models", "inf"], "No such command 'inf' (did you mean info?); ohlora models --help tells more"),
        (["--traceb", "models"], "No such option '--traceb' (did you mean --traceback?); ohlora --help tells more"),
        (
            ["generate", "--moth=1"],
            "No such option '--moth' (did you mean --mouth?); ohlora generate --help tells more",
        ),
        (
            ["label", "--trunc", "1"],
            "No such option '--trunc' (an option of ohlora synthesize, ohlora generate, ohlora evaluate); ohlora label --",
        ),
        (["label", "--xyz"], "No such option '--xyz'; ohlora label --help tells more"),
        (["synthesize"], "Missing option '--seeds'; ohlora synthesize --help tells more"),
        (
            ["generate", "--seeds", "1"],
            "expected --seeds and --out, or --recipe, or --requests and --out; ohlora generate",
        ),
        (
            ["synthesize", "--seeds", "1", "--out", "x", "--format", "bmp"],
            "Invalid value for '--format': 'bmp' is not one of 'png', 'jpeg'; ohlora synthesize --help tells more",
        ),
    ],
)
def test_mistakes_in_what_was_typed_are_one_line(arguments, line):
    result = CliRunner().invoke(cli.main, arguments, prog_name="ohlora")
    assert result.exit_code == 2 and result.stdout == ""
    assert result.stderr.startswith(f"Error: {line}") and result.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["models"]])
def test_a_group_alone_still_tells_its_commands(arguments):
    assert "\nCommands:\n" in CliRunner().invoke(cli.main, arguments).output


def test_the_backend_of_a_notebook_is_of_no_account(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "module://no_such_package.backend")
    code = (
        "import click; from ohlora.cli import main\n"
        "@main.main.command('plot')\n"
        "def plot():\n"
        "    import matplotlib.figure; click.echo('drawn')\n"
        "main.FlowGroup.get_command = lambda *_: plot\n"
        "main.main(['plot'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "drawn\n", done.stderr


def test_the_home_is_found_behind_an_equals_sign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "faces").mkdir()
    (tmp_path / "faces" / "metadata.csv").write_text("file_name,eyes\na.png,1\n")
    Image.new("RGB", (8, 8)).save(tmp_path / "faces" / "a.png")
    result = CliRunner().invoke(cli.main, ["filter", "~/faces", "--where=eyes > 0", "--out=~/chosen"])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "chosen" / "a.png").exists()
