from pathlib import Path

import pytest
import torch

from ohlora.errors import ModelError
from ohlora.hub import CATALOG
from ohlora.hub.describe import describe_entry, describe_place, size_text, status, total_size
from segmentation import PortraitParser, PortraitParserConfig, save_parser
from stylegan import build_discriminator, build_generator, save_pretrained
from tests.stylegan.golden_networks import stylegan2_generator

SMALL = {"resolution": 8, "fmaps_base": 64, "fmaps_max": 8}


@pytest.mark.parametrize(
    ("size", "text"),
    [(None, "unknown"), (0, "0 B"), (999, "999 B"), (1000, "1 kB"), (1_990_986, "1.99 MB"), (1_104_869_851, "1.1 GB")],
)
def test_sizes(size, text):
    assert size_text(size) == text


def test_total_size():
    assert total_size(CATALOG["mtcnn"]) == 28_570 + 403_147 + 1_559_269
    assert total_size(CATALOG["ohlora-v1"]) is None


def test_an_entry_says_where_its_file_belongs(home):
    facts = list(describe_entry(CATALOG["ohlora-v1"]))
    assert ("licence", "not stated by its publisher") in facts
    assert ("status", "not here") in facts
    assert ("file", "stylegan_gen_fine_tuned_v1.pth, unknown, sha256 unknown") in facts
    assert ("  at", f"not here; it belongs into {home / 'ohlora-v1'}") in facts
    assert dict(describe_entry(CATALOG["facexformer"]))["needs"] == "mtcnn"


def test_an_entry_that_is_here_tells_what_is_inside(home):
    generator = build_generator(**SMALL, z_dim=8, w_dim=8, mapping_dim=8, label_size=3, label_dim=4)
    path = home / "ohlora-v3" / "stylegan_gen_fine_tuned_v3_ckpt_0005_gen.pth"
    path.parent.mkdir(parents=True)
    torch.save(generator.state_dict(), path)
    entry = CATALOG["ohlora-v3"]
    assert status(entry) == "here"
    facts = dict(describe_entry(entry))
    assert facts["  at"] == str(path)
    assert facts["generator"].startswith("8x8, ")
    assert facts["generator"].endswith("3 labels, z 8, w 8, 4 layers")


def test_a_folder_with_all_three(tmp_path):
    save_pretrained(build_generator(**SMALL), tmp_path)
    save_pretrained(build_discriminator(**SMALL), tmp_path)
    facts = dict(describe_place(tmp_path))
    assert facts.keys() == {"generator", "discriminator"}
    save_parser(PortraitParser(PortraitParserConfig()), tmp_path / "parser")
    assert "parameters" in dict(describe_place(tmp_path / "parser"))["parser"]


def test_a_checkpoint_file(tmp_path):
    path = tmp_path / "both.pth"
    state = build_generator(**SMALL).state_dict()
    torch.save({"generator": state, "generator_smooth": state}, path)
    facts = dict(describe_place(path))
    assert facts["state dicts"] == "generator_smooth, generator"
    assert len(facts["sha256"]) == 64


def test_an_empty_folder(tmp_path):
    with pytest.raises(ModelError, match="holds no model: expected config.json beside .safetensors files"):
        list(describe_place(tmp_path))


def test_a_stylegan2_tells_its_layout_and_sizes(tmp_path: Path) -> None:
    path = tmp_path / "face.pt"
    torch.save(stylegan2_generator("u32").state_dict(), path)
    facts = dict(describe_place(path))
    assert facts["layout"] == "StyleGAN2 in the layout of NVLabs, generator"
    assert facts["generator"] == "32x32, 0.01 M parameters, StyleGAN2, channels 12 x3, 6, z 16, w 16, 8 layers"
