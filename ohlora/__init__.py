"""Faces with sliders: synthesise faces, label them, and move what the labels measure.

The flow, one step per place::

    z                  a latent vector per seed                      ohlora.seeds
      -> mapping       w, the latent that the layers read            stylegan.mapping
      -> synthesis     an image in [-1, 1]                           stylegan.synthesis
      -> face parser   a label map of 11 classes                     segmentation
      -> scores        raw measurements of a label map               ohlora.scores
      -> normalise     attributes: scores brought to a fixed range   ohlora.normalize
      -> sliders       the bounded controls of attributes

A *score* is a raw measurement, an *attribute* is a normalised score, a *slider* is the bounded control of an attribute.

Networks live in the packages `stylegan` and `segmentation`, which know nothing of this one; `ohlora` joins them, and
`ohlora.cli` makes the commands. Importing `ohlora` itself is cheap: what it offers is loaded when it is first used.
"""

import importlib
from typing import TYPE_CHECKING

__version__ = "0.1.0"

__all__ = ["FaceGenerator", "FaceParser", "Normalizer", "__version__", "compute_scores", "load_generator"]

if TYPE_CHECKING:
    from ohlora.face_generator import FaceGenerator
    from ohlora.model_hub import load_generator
    from ohlora.normalize import Normalizer
    from ohlora.scores import compute_scores
    from segmentation import FaceParser
else:
    _HOMES = {
        "FaceGenerator": "ohlora.face_generator",
        "FaceParser": "segmentation",
        "Normalizer": "ohlora.normalize",
        "compute_scores": "ohlora.scores",
        "load_generator": "ohlora.model_hub",
    }

    def __getattr__(name: str) -> object:
        """Loads a name of `__all__` from its home."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(importlib.import_module(_HOMES[name]), name)
