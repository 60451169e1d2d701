import pytest

from ohlora.progress import describe_rate, listed, progress_bar


def test_the_bar_shows_count_and_rate(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar("label", "image", total=8, done=3) as bar:
        bar.update(5)
    shown = capsys.readouterr().err
    assert "label" in shown and "8/8" in shown and "image/s" in shown


def test_the_bar_can_be_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar("label", "image", total=8, done=3, show=False) as bar:
        bar.update(5)
    assert capsys.readouterr().err == ""


def test_rates() -> None:
    assert describe_rate(12, 3.0, "faces") == "12 faces in 3.0 s, 4.0 a second"
    assert describe_rate(0, 0.2, "faces") == "0 faces in 0.2 s"
    assert describe_rate(1, 2.0, "faces") == "1 face in 2.0 s, 0.5 a second"


def test_names_are_listed_up_to_a_number() -> None:
    assert listed(["a", "b"]) == "a, b"
    assert listed(["a", "b", "c"], most=2) == "a, b and 1 more"
