"""The errors this package raises for input it cannot work with."""


class StyleganError(ValueError):
    """Root of every error that `stylegan` raises on purpose; its text is one line for the user."""


class ConfigError(StyleganError):
    """A network setting is out of range, unknown or contradicts another one."""


class InputError(StyleganError):
    """A tensor or an option handed to a network does not fit the network."""


class CheckpointError(StyleganError):
    """A weights file or model folder is missing, unreadable or of another layout."""
