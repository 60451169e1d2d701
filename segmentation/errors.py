"""The errors that this package raises; one root, so that a caller can catch them all."""


class SegmentationError(ValueError):
    """Root of every error of the `segmentation` package: the input was not what was expected."""


class MissingModelError(SegmentationError):
    """Weights that a network needs are not where they were expected."""


class CheckpointError(SegmentationError):
    """A weights file is there, but is not the file that the network expects."""


class ImageInputError(SegmentationError):
    """An image that was passed in cannot be read or has the wrong shape, type or range."""
