import subprocess
import sys

import pytest
from click.testing import CliRunner

from ohlora.cli.main import main


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--host", "0.0.0.0"], "give --auth user:password, or --no-auth"),
        (["--host", "0.0.0.0", "--auth", "me"], "expected --auth user:password"),
        (["--auth", "me:secret", "--no-auth"], "contradict each other"),
    ],
)
def test_what_is_not_safe_is_one_line(arguments: list[str], message: str) -> None:
    result = CliRunner(env={"OHLORA_AUTH": ""}).invoke(main, ["serve", *arguments])
    assert result.exit_code == 2
    assert message in result.output and len(result.output.splitlines()) == 1


def test_without_gradio_one_line_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['gradio'] = None\n"
        "from ohlora.cli.main import main; main(['serve'], prog_name='ohlora')"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 2
    assert "pip install 'ohlora[studio]'" in result.stderr and "Traceback" not in result.stderr


def test_help_answers_without_gradio() -> None:
    program = (
        "import sys; from ohlora.cli.main import main\n"
        "main(['serve', '--help'], standalone_mode=False); assert not {'gradio', 'torch'} & set(sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0, result.stderr
    assert "--no-auth" in result.stdout
