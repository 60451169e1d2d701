"""docs/portraits.md tells the parameters as they are."""

from pathlib import Path

import pytest

pytest.importorskip("skia", reason="skia-python is not installed (pip install 'ohlora[render]')", exc_type=ImportError)

from ohlora.portraits import PARAMETERS

DOCS = Path(__file__).parents[3] / "docs" / "portraits.md"


def test_every_parameter_is_documented() -> None:
    text = DOCS.read_text()
    for p in PARAMETERS:
        assert f"| `{p.name}` | {p.low:g} .. {p.high:g} | {p.default:g} | {p.meaning} |" in text
