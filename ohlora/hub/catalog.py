"""The models that ohlora knows by name.

Only what was checked is stated: a size, a digest or a licence that the publisher does not give is None.
"""

import difflib
from dataclasses import dataclass
from typing import Literal

from ohlora.errors import MissingModelError

Kind = Literal["generator", "parser", "detector"]


@dataclass(frozen=True)
class ModelFile:
    """One file of a model.

    Attributes:
        name: File name in the model's folder.
        size: Bytes, where known.
        sha256: Digest of the published file, 64 hexadecimal digits, where known.
        path: Where the file is in its repository on the Hub, or its whole address for other files.
    """

    name: str
    size: int | None = None
    sha256: str | None = None
    path: str = ""


@dataclass(frozen=True)
class ModelEntry:
    """A model that has a name.

    Attributes:
        name: What commands call it; also the name of its folder.
        kind: "generator", "parser" (face parsing) or "detector" (face detection).
        summary: One line for lists.
        licence: As its publisher states it, None where nothing is stated.
        origin: Where people find it.
        files: What it consists of; empty for an embedded model.
        hub: Repository on Hugging Face, or None.
        embedded: Folders inside the installed packages, `package/path`; not empty where nothing has to be fetched.
        needs: Names of models that it does not work without.
    """

    name: str
    kind: Kind
    summary: str
    licence: str | None
    origin: str
    files: tuple[ModelFile, ...] = ()
    hub: str | None = None
    embedded: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


_FACENET_DATA = "https://raw.githubusercontent.com/timesler/facenet-pytorch/master/data"
_OHLORA_FIRST = "daebakgazua/250408_OhLoRA_StyleGAN_FineTuned"
_OHLORA_LATER = "daebakgazua/250526_OhLoRA_StyleGAN_VectorFind"


def _oh_lora(name: str, summary: str, hub: str, file: str) -> ModelEntry:
    return ModelEntry(
        name=name,
        kind="generator",
        summary=summary,
        licence=None,
        origin=f"https://huggingface.co/{hub}",
        files=(ModelFile(file, path=file),),
        hub=hub,
    )


CATALOG: dict[str, ModelEntry] = {
    entry.name: entry
    for entry in (
        ModelEntry(
            name="portraits",
            kind="generator",
            summary="illustrated portraits of people who do not exist, with the parser made for them",
            licence="MIT",
            origin="part of ohlora",
            embedded=("ohlora/models/portraits", "segmentation/models/portraits"),
        ),
        ModelEntry(
            name="facexformer",
            kind="parser",
            summary="FaceXFormer: face parsing, landmarks, head pose, age and gender of photographs",
            licence="MIT",
            origin="https://huggingface.co/kartiknarayan/facexformer",
            files=(
                ModelFile(
                    "model.pt",
                    1_104_869_851,
                    "327a755849ba64d336fb96589ff87b27e84a12be1ecf8bcfaa503d66f803286d",
                    "ckpts/model.pt",
                ),
            ),
            hub="kartiknarayan/facexformer",
            needs=("mtcnn",),
        ),
        ModelEntry(
            name="mtcnn",
            kind="detector",
            summary="MTCNN: finds the faces that FaceXFormer parses",
            licence="MIT",
            origin="https://github.com/timesler/facenet-pytorch",
            files=(
                ModelFile(
                    "pnet.pt",
                    28_570,
                    "a2a71925e0b9996a42f63e47efc1ca19043e69558b5c523b978d611dfae49c8f",
                    f"{_FACENET_DATA}/pnet.pt",
                ),
                ModelFile(
                    "rnet.pt",
                    403_147,
                    "bbb937de72efc9ef83b186c49f5f558467a1d7e3453a8ece0d71a886633f6a86",
                    f"{_FACENET_DATA}/rnet.pt",
                ),
                ModelFile(
                    "onet.pt",
                    1_559_269,
                    "165bfbe42940416ccfb977545cf0e976d5bf321f67083ae2aaaa5c764280118d",
                    f"{_FACENET_DATA}/onet.pt",
                ),
            ),
        ),
        _oh_lora(
            "ohlora-v1",
            "Oh-LoRA StyleGAN-FineTuned-v1, 256x256, conditioned on seven scores",
            _OHLORA_FIRST,
            "stylegan_gen_fine_tuned_v1.pth",
        ),
        _oh_lora(
            "ohlora-v3",
            "Oh-LoRA StyleGAN-FineTuned-v3, 256x256, conditioned on eyes, mouth and pose",
            _OHLORA_FIRST,
            "stylegan_gen_fine_tuned_v3_ckpt_0005_gen.pth",
        ),
        _oh_lora(
            "ohlora-v4",
            "Oh-LoRA StyleGAN-FineTuned-v4, 256x256, conditioned on eyes, mouth and pose",
            _OHLORA_FIRST,
            "stylegan_gen_fine_tuned_v4.pth",
        ),
        _oh_lora(
            "ohlora-vectorfind-v7",
            "Oh-LoRA StyleGAN-VectorFind-v7, 256x256, made for directions in w",
            _OHLORA_LATER,
            "stylegan_gen_vector_find_v7.pth",
        ),
        _oh_lora(
            "ohlora-vectorfind-v8",
            "Oh-LoRA StyleGAN-VectorFind-v8, 256x256, made for directions in w",
            _OHLORA_LATER,
            "stylegan_gen_vector_find_v8.pth",
        ),
    )
}


def find_entry(name: str) -> ModelEntry:
    """Looks a model up by name.

    Args:
        name: A name of `CATALOG`.

    Returns:
        The entry.

    Raises:
        MissingModelError: No model has this name; the message suggests near ones.
    """
    if name in CATALOG:
        return CATALOG[name]
    near = difflib.get_close_matches(name, CATALOG, n=2)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known names are {', '.join(CATALOG)}"
    raise MissingModelError(f"no model is called {name!r}; {hint} (`ohlora models list` shows all)")
