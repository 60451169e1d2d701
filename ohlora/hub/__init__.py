"""Where models come from: what ships with ohlora, what can be fetched, and what lies on this machine.

A model is named (`portraits`), or given by the path of a folder in this project's format or of a published checkpoint.
Names of the catalogue win; write `./portraits` for a folder that has the same name.
"""

from ohlora.hub.catalog import CATALOG, ModelEntry, ModelFile, find_entry
from ohlora.hub.download import pull
from ohlora.hub.resolve import load_generator, resolve_generator, resolve_parser_weights, weights_file
from ohlora.hub.storage import find_files, model_folder

__all__ = [
    "CATALOG",
    "ModelEntry",
    "ModelFile",
    "find_entry",
    "find_files",
    "load_generator",
    "model_folder",
    "pull",
    "resolve_generator",
    "resolve_parser_weights",
    "weights_file",
]
