from pathlib import Path

import numpy as np
import torch

from ohlora.labelling.attributes import AttributeRange
from ohlora.labelling.labeller import Labeller
from ohlora.labelling.normalization import Column, Normalizer
from ohlora.sliders.readout import Readout
from ohlora.sliders.slider import Slider
from segmentation import FaceParser
from segmentation.pretrained import save_parser
from segmentation.unet.network import PortraitParser, PortraitParserConfig


def test_a_measured_probability_is_shown_on_the_sliders_scale(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = PortraitParser(PortraitParserConfig(16, (4, 8), gender_hidden=4))
    parser = FaceParser.from_pretrained(save_parser(network, tmp_path))
    # Bounds of 0 and 1 leave the parser's probability as it is.
    normalizer = Normalizer({"gender": Column(AttributeRange("gender", 0.0, 1.0), 0.0, 1.0, 2)}, "minmax", (0.0, 1.0))
    images = 2.0 * torch.rand(3, 3, 16, 16) - 1.0
    probabilities = np.array([face.gender for face in parser(images)], dtype=np.float64)
    slider = Slider("gender", 0.0, 1.0, max_logit=4.0)
    measured = Readout(Labeller(parser, normalizer, ("gender",)), {"gender": slider}).measure(images)
    logits = np.log(probabilities / (1.0 - probabilities))
    np.testing.assert_allclose(measured["gender"], 0.5 + logits / 8.0)
