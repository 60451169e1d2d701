"""Where models come from: what ships with ohlora, what can be fetched, and what lies on this machine.

A model is named (`portraits`), or given by the path of a run, of a folder in this project's format or of a published
checkpoint, or by its repository on Hugging Face (`owner/name`). Names of the catalogue win; write `./portraits` for a folder
that has the same name.
"""

from ohlora.hub.catalog import CATALOG, ModelEntry, ModelFile, find_entry
from ohlora.hub.download import HubOptions, pull
from ohlora.hub.networks import load_generator, load_parser
from ohlora.hub.resolve import resolve_model, weights_file
from ohlora.hub.storage import find_files, model_folder

__all__ = [
    "CATALOG",
    "HubOptions",
    "ModelEntry",
    "ModelFile",
    "find_entry",
    "find_files",
    "load_generator",
    "load_parser",
    "model_folder",
    "pull",
    "resolve_model",
    "weights_file",
]
