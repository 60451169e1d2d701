"""Faces with sliders: synthesise faces, label them, and move what the labels measure.

The flow, one step per place::

    z                  a latent vector per seed                      ohlora.generation.seeds
      -> map           w, the intermediate latent                    stylegan.generator, the contract of generators
      -> truncate      ws, w nearer to the average, one per layer
      -> synthesise    an image in [-1, 1]
      -> face parser   a label map of 11 classes                     segmentation
      -> scores        raw measurements of a label map               ohlora.labelling.scores
      -> normalise     attributes: scores brought to a fixed range   ohlora.labelling.normalization
      -> sliders       the bounded controls of attributes

A *score* is a raw measurement, an *attribute* is a normalised score, a *slider* is the bounded control of an attribute.

Networks live in the packages `stylegan` and `segmentation`, which know nothing of this one; `ohlora` joins them, and
`ohlora.cli` makes the commands. Importing `ohlora` itself is cheap: what it offers is loaded when it is first used.
"""

import importlib
from typing import TYPE_CHECKING

from ohlora.version import __version__

__all__ = [
    "FaceGenerator",
    "FaceParser",
    "Normalizer",
    "__version__",
    "compute_scores",
    "load_generator",
    "load_parser",
]

if TYPE_CHECKING:
    from ohlora.generation.face_generator import FaceGenerator
    from ohlora.hub import load_generator, load_parser
    from ohlora.labelling.normalization import Normalizer
    from ohlora.labelling.scores import compute_scores
    from segmentation import FaceParser
else:
    _HOMES = {
        "FaceGenerator": "ohlora.generation.face_generator",
        "FaceParser": "segmentation",
        "Normalizer": "ohlora.labelling.normalization",
        "compute_scores": "ohlora.labelling.scores",
        "load_generator": "ohlora.hub",
        "load_parser": "ohlora.hub",
    }

    def __getattr__(name: str) -> object:
        """Loads a name of `__all__` from its home."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(importlib.import_module(_HOMES[name]), name)
