import pytest

from ohlora.annotation.agreement import agreements, majority, summary_lines


def log(text: str) -> dict:
    """Answers to gender of a.png, b.png ...: 0, 1, s for skip, x for taken back, and a space for none."""
    words = {"0": 0, "1": 1, "s": "skip", "x": None}
    return {("gender", f"{name}.png"): words[c] for name, c in zip("abcdefghij", text, strict=False) if c != " "}


def test_majority() -> None:
    assert [majority(list(answers)) for answers in ([1], [1, 0], [1, 0, 0], ["skip"], ["skip", 1], [])] == [
        *(1, None, 0, None, 1, None)
    ]


def test_two_annotators_who_differ() -> None:
    # Both answered a to h. 6 of 8 agree; both say 1 for half of them, so chance alone gives 1/2: kappa (3/4-1/2)/(1/2).
    (found,) = agreements({"anna": log("11110000s1"), "ben": log("011100011x")})
    assert (found.label, found.first, found.second, found.both) == ("gender", "anna", "ben", 8)
    assert found.differing == (("a.png", 1), ("h.png", 0))
    assert found.kappa == pytest.approx(0.5)
    assert found.line() == (
        "gender: anna and ben agree on 75.0 % of 8 faces, Cohen's kappa 0.50; they differ on "
        "a.png (anna 1, ben 0), h.png (anna 0, ben 1)"
    )


def test_where_chance_explains_everything_kappa_is_undefined() -> None:
    (found,) = agreements({"anna": log("111"), "ben": log("111")})
    assert found.kappa is None and found.line() == "gender: anna and ben agree on 100.0 % of 3 faces"


def test_nothing_in_common_is_no_agreement() -> None:
    assert list(agreements({"anna": log("11"), "ben": log("  11")})) == []
    assert len(list(agreements({"anna": log("1"), "ben": log("1"), "cleo": log("0")}))) == 3


def test_a_summary_of_everybody() -> None:
    assert summary_lines({"anna": log("110s"), "ben": log("1x")}, ["gender"]) == [
        "gender: anna answered 1 with 0, 2 with 1, 1 skipped",
        "gender: ben answered 0 with 0, 1 with 1",
        "gender: anna and ben agree on 100.0 % of 1 faces",
    ]
    assert summary_lines({"anna": log("1")}, ["quality"]) == ["nobody has answered yet: quality"]
