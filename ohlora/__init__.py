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
`ohlora.cli` makes the commands. Importing `ohlora` itself is cheap: no network library is loaded until it is used.
"""

__version__ = "0.1.0"

__all__ = ["__version__"]
