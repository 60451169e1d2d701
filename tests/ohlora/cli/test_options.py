import click
import pytest
from click.testing import CliRunner

from ohlora.cli.options import batch_size_option, device_option, precision_option


@click.command()
@device_option
@precision_option
@batch_size_option(default=8)
def command(device: str, precision: str, batch_size: int) -> None:
    click.echo(f"{device} {precision} {batch_size}")


def test_defaults():
    assert CliRunner().invoke(command, []).output == "auto auto 8\n"


def test_values():
    arguments = ["--device", "cpu", "--precision", "bf16", "--batch-size", "3"]
    assert CliRunner().invoke(command, arguments).output == "cpu bf16 3\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--device", "tpu"], "'tpu' is not one of 'auto', 'cpu', 'cuda', 'mps'"),
        (["--precision", "int8"], "'int8' is not one of 'auto', 'fp32', 'bf16', 'fp16'"),
        (["--batch-size", "0"], "0 is not in the range x>=1"),
    ],
)
def test_bad_values(arguments, message):
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 2
    assert message in result.output
