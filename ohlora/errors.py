"""The errors that a user can do something about.

Every message says what was expected, what arrived and what to do next. The command line shows such an error as one
line; anything else is a bug and keeps its traceback.
"""

import difflib
import sys
from collections.abc import Iterable


class OhloraError(ValueError):
    """Root of this package's errors."""


class SettingsError(OhloraError):
    """A setting is out of range, or two settings contradict each other."""


class DatasetError(OhloraError):
    """A folder of faces or its table is not what it should be."""


class BusyDatasetError(DatasetError):
    """Another command is writing to the folder."""


class ModelError(OhloraError):
    """A model cannot be had, or is not what it should be."""


class MissingModelError(ModelError):
    """A model's files are not on this machine."""


class DownloadError(ModelError):
    """A model's file could not be fetched, or what arrived is not the published file."""


class DeviceError(OhloraError):
    """The device or precision that was asked for is not available here."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown name: ` (did you mean truncation?)`, or nothing where no known name is near."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return f" (did you mean {near[0]}?)" if near else ""


_PACKAGE_ROOTS = (("stylegan.errors", "StyleganError"), ("segmentation.errors", "SegmentationError"))


def is_user_error(error: BaseException) -> bool:
    """Tells whether an error is meant for the user rather than for the developer.

    Args:
        error: Any exception.

    Returns:
        True for this project's own errors.
    """
    # An error of a package that was never imported cannot have been raised: looking the package up instead of
    # importing it keeps the message of a command that failed at once from waiting for torch.
    roots: list[type[Exception]] = [OhloraError]
    roots += [getattr(sys.modules[module], name) for module, name in _PACKAGE_ROOTS if module in sys.modules]
    return isinstance(error, tuple(roots))
