from pathlib import Path

from ohlora.classification.ensemble import Ensemble
from ohlora.classification.network import FaceClassifier
from ohlora.classification.settings import NetworkConfig
from ohlora.classification.trust import doubts
from ohlora.datasets.face_folder import FaceDataset
from ohlora.labelling.label_columns import LabelName
from tests.ohlora.classification.conftest import CPU


def classifier(name: str, accuracy: float) -> Ensemble:
    network = FaceClassifier(NetworkConfig(size=32, widths=(8, 16), hidden=8))
    return Ensemble(LabelName.parse(name), [network], CPU, "0123456789ab", accuracy, f"label_{name}")


def folder(tmp_path: Path, right: int, source: str = "portraits gender head", answered: int = 20) -> FaceDataset:
    """Faces with answers, of which the value that counts has so many right."""
    lines = ["file_name,label_gender,gender,gender_source"]
    for number in range(25):
        answer = number % 2
        value = 0.9 if (answer == 1) == (number < right) else 0.1
        lines.append(f"{number}.png,{answer if number < answered else ''},{value},{source}")
    (tmp_path / "metadata.csv").write_text("\n".join(lines) + "\n")
    return FaceDataset(tmp_path)


def test_a_good_classifier_has_no_doubts(tmp_path: Path) -> None:
    assert doubts(folder(tmp_path, right=18), classifier("gender", 0.95), "classifier 0123456789ab") == []


def test_a_bad_one_says_what_it_is_below_and_how_to_go_back(tmp_path: Path) -> None:
    (text,) = doubts(folder(tmp_path, right=19), classifier("gender", 0.72), "classifier 0123456789ab")
    assert "accuracy on held-out faces is 0.720, below 0.9 and below the 0.950 of portraits gender head on 20" in text
    assert text.endswith(f"ohlora classify predict {tmp_path} --label gender --source parser")


def test_a_good_one_can_be_worse_than_what_it_replaces(tmp_path: Path) -> None:
    (text,) = doubts(folder(tmp_path, right=20), classifier("gender", 0.95), "classifier 0123456789ab")
    assert "0.950, below the 1.000 of portraits gender head" in text


def test_its_own_values_and_a_few_answers_are_nothing_to_compare_with(tmp_path: Path) -> None:
    own = "classifier 0123456789ab"
    assert doubts(folder(tmp_path, right=20, source=own), classifier("gender", 0.95), own) == []
    assert doubts(folder(tmp_path, right=20, answered=19), classifier("gender", 0.95), own) == []


def test_a_label_that_no_parser_tells_goes_back_otherwise(tmp_path: Path) -> None:
    (text,) = doubts(folder(tmp_path, right=20), classifier("quality", 0.6), "classifier 0123456789ab")
    assert "0.600, below 0.9; more answers make a better one" in text
