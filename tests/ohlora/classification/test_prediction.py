import json
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner

from ohlora.classification.ensemble import Ensemble
from ohlora.classification.labelled_images import read_images
from ohlora.classification.prediction import predict, take_from_parser
from ohlora.classification.run import train
from ohlora.classification.settings import ClassifierError
from ohlora.cli.main import main
from ohlora.datasets.face_folder import FaceDataset
from ohlora.errors import DatasetError
from ohlora.hub import load_parser
from ohlora.labelling.folder import label
from ohlora.labelling.label_columns import LabelName
from ohlora.labelling.settings import LabelSettings
from segmentation.pretrained import save_parser
from segmentation.unet.network import PortraitParser, PortraitParserConfig
from tests.ohlora.classification.conftest import COUNT, CPU, settings

GENDER, QUALITY = LabelName.parse("gender"), LabelName.parse("quality")


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trained run; the faces are made as the fixture `faces` makes them."""
    from tests.ohlora.classification.conftest import faces

    folder = tmp_path_factory.mktemp("classifier")
    train(faces.__wrapped__(folder), GENDER, settings(), folder / "run", CPU, progress=False)
    return folder / "run"


def test_every_face_gets_the_mean_of_the_folds(faces: Path, classifier: Path) -> None:
    ensemble = Ensemble.from_pretrained(classifier, CPU)
    summary = predict(faces, ensemble, progress=False)
    assert (summary.made, summary.kept, summary.unreadable) == (COUNT + 10, 0, 0)
    dataset = FaceDataset(faces)
    images = read_images(dataset, list(dataset.rows), 32, progress=False)
    ones = [Ensemble(GENDER, [one], CPU, "x", 1.0, "label_gender") for one in ensemble.networks]
    means = np.mean([one.probabilities(images) for one in ones], axis=0)
    np.testing.assert_allclose(dataset.numbers("probability_gender"), means, atol=1e-5)
    np.testing.assert_array_equal(dataset.numbers("gender"), dataset.numbers("probability_gender"))
    assert set(dataset.text("gender_source")) == {f"classifier {ensemble.fingerprint}"}
    assert len(ensemble.fingerprint) == 12
    right = (dataset.numbers("gender") > 0.5) == (dataset.numbers("truth") > 0.5)
    assert right[COUNT:].mean() > 0.8  # of faces that nobody answered
    assert dataset.text("label_gender")[COUNT:] == [""] * 10  # answers stay people's


def test_a_second_run_only_does_what_is_new(faces: Path, classifier: Path) -> None:
    ensemble = Ensemble.from_pretrained(classifier, CPU)
    predict(faces, ensemble, progress=False)
    (faces / "broken.png").write_bytes(b"no picture")
    (faces / "000.png").rename(faces / "new.png")
    summary = predict(faces, ensemble, progress=False)
    assert (summary.made, summary.kept, summary.unreadable) == (1, COUNT + 9, 1)  # 000.png is not there any more
    rows = FaceDataset(faces).rows
    assert float(rows["new.png"]["gender"]) == pytest.approx(float(rows["000.png"]["gender"]), abs=1e-4)
    assert rows["broken.png"].get("gender", "") == rows["broken.png"].get("gender_source", "") == ""


def test_a_column_from_elsewhere_is_not_replaced(faces: Path, classifier: Path) -> None:
    (faces / "metadata.csv").write_text("file_name,gender\n000.png,female\n")
    with pytest.raises(DatasetError, match="has its own column 'gender'"):
        predict(faces, Ensemble.from_pretrained(classifier, CPU), progress=False)


@pytest.fixture(scope="module")
def tiny_parser(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder with a parser of random weights."""
    torch.manual_seed(0)
    config = PortraitParserConfig(32, (4, 8), gender_hidden=4)
    return str(save_parser(PortraitParser(config), tmp_path_factory.mktemp("parser")))


def test_labelling_leaves_the_classifiers_word_alone_until_the_parser_is_chosen(
    faces: Path, classifier: Path, tiny_parser: str
) -> None:
    parser, parsing = load_parser(tiny_parser, "cpu"), LabelSettings(parser=tiny_parser, batch_size=64, all_faces=True)
    ensemble = Ensemble.from_pretrained(classifier, CPU)
    predict(faces, ensemble, progress=False)
    said = FaceDataset(faces).numbers("gender")
    label(faces, parsing, parser, progress=False)
    dataset = FaceDataset(faces)
    np.testing.assert_array_equal(dataset.numbers("gender"), said)
    assert set(dataset.text("gender_source")) == {f"classifier {ensemble.fingerprint}"}
    assert not np.isnan(dataset.numbers("score_gender")).all()  # the parser's own is beside

    with pytest.raises(DatasetError, match="no parser tells quality"):
        take_from_parser(faces, QUALITY)
    summary = take_from_parser(faces, GENDER)
    assert summary.source == f"{tiny_parser} gender head"
    chosen = FaceDataset(faces)
    scores = chosen.numbers("score_gender")
    known = ~np.isnan(scores)
    np.testing.assert_allclose(chosen.numbers("gender")[known], scores[known], atol=1e-6)
    np.testing.assert_array_equal(chosen.numbers("probability_gender"), said)
    label(faces, parsing, parser, progress=False)
    assert FaceDataset(faces).text("gender") == chosen.text("gender")

    predict(faces, ensemble, progress=False)
    np.testing.assert_array_equal(FaceDataset(faces).numbers("gender"), said)


def test_the_parser_has_to_have_spoken(faces: Path) -> None:
    with pytest.raises(DatasetError, match="run: ohlora label"):
        take_from_parser(faces, GENDER)


@pytest.mark.parametrize("damage", ["no config", "format", "json", "weights", "shape"])
def test_folders_that_hold_no_classifier(tmp_path: Path, classifier: Path, damage: str) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    for path in classifier.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    config = folder / "config.json"
    if damage == "no config":
        config.unlink()
    elif damage == "json":
        config.write_text("{")
    elif damage == "weights":
        (folder / "fold1.safetensors").write_bytes(b"damaged")
    else:
        content = json.loads(config.read_text())
        content.update({"format": "other"} if damage == "format" else {"network": {"size": 32}})
        config.write_text(json.dumps(content))
    with pytest.raises(ClassifierError):
        Ensemble.from_pretrained(folder, CPU)


def test_what_predict_needs(faces: Path, classifier: Path) -> None:
    for arguments in ([], ["--model", classifier, "--label", "gender"], ["--model", classifier, "--source", "parser"]):
        result = CliRunner().invoke(main, ["classify", "predict", str(faces), *map(str, arguments)])
        assert result.exit_code == 2 and "expected either --model RUN or --label NAME" in result.output
    result = CliRunner().invoke(main, ["classify", "predict", str(faces), "--label", "gender"])
    assert result.exit_code == 2 and "expected a finished run of ohlora classify train" in result.output
    result = CliRunner().invoke(
        main, ["classify", "predict", str(faces), "--model", str(classifier), "--device", "cpu"]
    )
    assert result.exit_code == 0 and "gender of 100 faces is from: classifier" in result.output
