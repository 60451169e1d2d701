import pytest

from ohlora.datasets.filtering.expression import (
    All,
    Any,
    Comparison,
    ExpressionError,
    Missing,
    Not,
    leaves,
    parse_expression,
)


def shape(expression) -> object:
    """An expression as nested tuples of its operators' names and its simple conditions' texts."""
    match expression:
        case Comparison(text=text) | Missing(text=text):
            return text
        case Not(part):
            return ("not", shape(part))
        case All(parts):
            return ("and", *map(shape, parts))
        case Any(parts):
            return ("or", *map(shape, parts))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("gender > 0.9", "gender > 0.9"),
        ("a>1 and b<2 or c==3", ("or", ("and", "a>1", "b<2"), "c==3")),
        ("a>1 and (b<2 or c==3)", ("and", "a>1", ("or", "b<2", "c==3"))),
        ("not a > 1 and b > 1", ("and", ("not", "a > 1"), "b > 1")),
        ("not (a > 1 and b > 1)", ("not", ("and", "a > 1", "b > 1"))),
        ("not not a > 1", ("not", ("not", "a > 1"))),
        ("a is missing OR b Is Not Missing", ("or", "a is missing", ("not", "b is missing"))),
        ("0.2 < eyes <= 0.8", "0.2 < eyes <= 0.8"),
        ("a > -1e-3", "a > -1e-3"),
    ],
)
def test_and_binds_more_than_or_and_not_more_than_and(source: str, expected: object) -> None:
    assert shape(parse_expression(source)) == expected


def test_a_chain_has_all_its_links() -> None:
    chain = parse_expression("0.2 < eyes <= `odd name` != 'x \\' y'")
    assert isinstance(chain, Comparison)
    assert [token.value for token in chain.operands] == ["0.2", "eyes", "odd name", "x ' y"]
    assert chain.operators == ("<", "<=", "!=")


def test_leaves_come_from_left_to_right() -> None:
    expression = parse_expression("not (a > 1 or b is missing) and c == 2")
    assert [leaf.text for leaf in leaves(expression)] == ["a > 1", "b is missing", "c == 2"]


@pytest.mark.parametrize(
    ("source", "place", "message"),
    [
        ("", 0, "expected a condition"),
        ("   ", 3, "expected a condition"),
        ("gender", 6, "expected a comparison after 'gender'"),
        ("gender > ", 9, "expected a column, a number or a text in quotes, found the end"),
        ("gender > 0.9 quality > 1", 13, "expected 'and', 'or' or the end, found 'quality'"),
        ("(gender > 0.9", 0, "never closed"),
        ("gender > 0.9)", 12, "closes nothing"),
        ("(gender > 0.9 quality > 1)", 14, "expected 'and', 'or' or ')'"),
        ("a > 1 && b > 2", 6, "write and"),
        ("a > 1 | b > 2", 6, "write or"),
        ("a > 'x", 4, "no closing quote"),
        ("a is here", 5, "expected 'missing'"),
        ("3 is missing", 0, "only a column"),
        ("1 < 2", 0, "expected a column"),
        ("a > 0.9.1", 4, "cannot read"),
        ("a > 1x", 4, "cannot read"),
        ("and > 1", 0, "found 'and'"),
        ("a > 1 and", 9, "found the end"),
        ("__import__('os').system('x')", 16, "cannot read '.'"),
        ("a > 1; b", 5, "cannot read ';'"),
        ("(" * 60 + "a > 1" + ")" * 60, 50, "inside each other"),
        ("not " * 5000 + "a > 1", 0, "at most 4000 characters"),
    ],
)
def test_mistakes_have_a_place(source: str, place: int, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_expression(source)
    assert message in caught.value.message
    assert caught.value.place == place


def test_the_caret_is_under_the_place() -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_expression("gender >\t0.9 quality")
    message, line, caret = caught.value.pointed().splitlines()
    assert line[caret.index("^") :] == "quality"
    assert "expected 'and'" in message
