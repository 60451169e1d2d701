import pytest

from ohlora.errors import SettingsError
from ohlora.labelling.label_columns import LabelName, is_classified


def test_known_labels_know_their_words() -> None:
    assert LabelName.parse("gender") == LabelName("gender", "man", "woman")
    assert LabelName.parse("quality") == LabelName("quality", "bad", "good")
    assert LabelName.parse("smile") == LabelName("smile", "no", "yes")
    assert LabelName.parse("glasses=without, with") == LabelName("glasses", "without", "with")


def test_columns() -> None:
    label = LabelName("gender")
    columns = (label.column, label.answers_column, label.probability_column, label.source_column)
    assert columns == ("label_gender", "label_gender_answers", "probability_gender", "gender_source")


@pytest.mark.parametrize(
    "text",
    ["", "a b", "../x", "1st", "mouth", "seed", "label_gender", "glasses=with", "glasses=a,b,c", "x=a,a", "x=,a"],
)
def test_other_names_are_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        LabelName.parse(text)


def test_a_classified_row_says_so() -> None:
    assert is_classified({"gender_source": "classifier 0123456789ab"}, "gender")
    assert not is_classified({"gender_source": "portraits gender head"}, "gender")
    assert not is_classified({}, "gender")
