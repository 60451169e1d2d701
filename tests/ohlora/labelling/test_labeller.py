import numpy as np
import pytest
import torch

from ohlora.errors import OhloraError
from ohlora.labelling.attributes import AttributeRange
from ohlora.labelling.labeller import Labeller, widths
from ohlora.labelling.normalization import Column, Normalizer
from ohlora.labelling.scores import compute_scores
from segmentation import FaceParser
from segmentation.pretrained import save_parser
from segmentation.unet.network import PortraitParser, PortraitParserConfig


@pytest.fixture(scope="module")
def parser(tmp_path_factory: pytest.TempPathFactory) -> FaceParser:
    torch.manual_seed(0)
    network = PortraitParser(PortraitParserConfig(16, (4, 8), gender_hidden=4))
    return FaceParser.from_pretrained(save_parser(network, tmp_path_factory.mktemp("parser")))


COLUMNS = {
    "gender": Column(AttributeRange("gender", 0.0, 1.0), 0.2, 0.4, 2),
    "pose": Column(AttributeRange("pose", -1.0, 1.0), -1.0, 1.0, 2),
}
NORMALIZER = Normalizer(COLUMNS, "minmax", (0.0, 1.0))


def test_it_measures_as_labels_are_made_and_does_not_clip(parser: FaceParser) -> None:
    images = 3.0 * torch.rand(2, 3, 16, 16) - 1.5
    measured = Labeller(parser, NORMALIZER, ("pose", "gender")).measure(images)
    faces = parser(images.clamp(-1, 1))
    gender = np.array([face.gender for face in faces], dtype=np.float64)
    # Bounds 0.2 and 0.4 become 0 and 1, and what lies beyond stays beyond.
    np.testing.assert_allclose(measured[:, 1], (gender - 0.2) / 0.2)
    table = compute_scores(np.stack([f.label_map for f in faces]), np.stack([f.crop for f in faces]), gender=gender)
    np.testing.assert_array_equal(np.isnan(measured[:, 0]), np.isnan(table.values["pose"]))


def test_an_attribute_without_bounds(parser: FaceParser) -> None:
    with pytest.raises(OhloraError, match="bounds of 'mouth'.*has gender, pose"):
        Labeller(parser, NORMALIZER, ("mouth",))


def test_widths() -> None:
    np.testing.assert_array_equal(widths(("gender", "pose"), NORMALIZER), [1.0, 2.0])
