"""A small labelled folder with a base generator and a parser, all with random weights."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from ohlora.datasets.face_folder import FaceDataset
from ohlora.generation.loaded_model import fingerprint
from ohlora.generation.seeds import latents
from ohlora.labelling.normalization import Normalizer
from segmentation.pretrained import save_parser
from segmentation.unet.network import PortraitParser, PortraitParserConfig
from stylegan import save_pretrained
from stylegan.checkpoints.architectures import AnyGenerator
from tests.ohlora.finetuning_models import tiny_base

NAMES = ("hair_color", "mouth")


def make_folder(root: Path, count: int = 260, base: AnyGenerator | None = None) -> tuple[Path, Path]:
    """Faces of a tiny generator, labelled by their brightness and their left-right balance; and the generator's folder.

    The values are not the labeller's; they are smooth functions of the image that small networks learn quickly.
    """
    base = base or tiny_base()
    model = root / "base"
    weights = save_pretrained(base, model)
    torch.manual_seed(3)
    save_parser(PortraitParser(PortraitParserConfig(size=16, widths=(4, 6), gender_hidden=4)).eval(), root / "parser")
    with torch.no_grad():
        images = base(torch.from_numpy(latents(range(count), base.z_dim))).clamp(-1, 1)
    scores = {
        "hair_color": images.mean(dim=(1, 2, 3)),
        "mouth": (images[..., :8] - images[..., 8:]).mean(dim=(1, 2, 3)),
    }
    raw = {name: value.double().numpy() for name, value in scores.items()}
    normalizer = Normalizer.fit(raw)
    values = normalizer.apply(raw)
    dataset = FaceDataset.create(root / "faces")
    pixels = ((images + 1) * 127.5).round().to(torch.uint8).permute(0, 2, 3, 1).numpy()
    common = {
        "weights": fingerprint(weights),
        "truncation": 1.0,
        "parser": str(root / "parser"),
        "scores_version": "v3",
    }
    with dataset.writing():
        for seed in range(count):
            name = f"seed{seed:08d}.png"
            Image.fromarray(np.ascontiguousarray(pixels[seed])).save(dataset.path(name))
            row = {attribute: values[attribute][seed] for attribute in NAMES}
            dataset.update(name, {"seed": seed, **common, **row})
    normalizer.save(dataset.folder / "normalization.json")
    return dataset.folder, model
