import pytest
import torch

from ohlora.errors import MissingModelError, ModelError
from ohlora.hub import load_generator, resolve_generator, resolve_parser_weights, weights_file
from stylegan import Generator, build_generator, save_pretrained


@pytest.fixture
def generator() -> Generator:
    return build_generator(resolution=8, fmaps_base=64, fmaps_max=8, z_dim=8, w_dim=8, mapping_dim=8).eval()


def test_a_folder(generator, tmp_path):
    save_pretrained(generator, tmp_path / "mine")
    place = resolve_generator(tmp_path / "mine")
    assert place == tmp_path / "mine"
    assert weights_file(place) == tmp_path / "mine" / "generator.safetensors"
    z = torch.randn(1, 8)
    torch.testing.assert_close(load_generator(place)(z), generator(z))


def test_a_checkpoint_put_there_by_hand_loads_by_name(generator, home):
    path = home / "ohlora-v1" / "stylegan_gen_fine_tuned_v1.pth"
    path.parent.mkdir(parents=True)
    torch.save(generator.state_dict(), path)
    assert resolve_generator("ohlora-v1") == path
    assert weights_file(path) == path
    loaded = load_generator("ohlora-v1")
    assert not loaded.training
    z = torch.randn(1, 8)
    torch.testing.assert_close(loaded(z), generator(z))


def test_names_win_over_folders(tmp_path, monkeypatch):
    (tmp_path / "ohlora-v1").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(MissingModelError, match="run `ohlora models pull ohlora-v1`"):
        resolve_generator("ohlora-v1")
    assert resolve_generator("./ohlora-v1").is_dir()


def test_what_is_no_generator():
    with pytest.raises(ModelError, match="mtcnn is a detector, expected a generator: one of portraits, ohlora-v1"):
        resolve_generator("mtcnn")
    with pytest.raises(MissingModelError, match="/nowhere is neither a file, nor a folder, nor a known model"):
        resolve_generator("/nowhere")


def test_parsers(home, tmp_path):
    with pytest.raises(ValueError, match="run `ohlora models pull facexformer`"):
        resolve_parser_weights("facexformer")
    (home / "facexformer").mkdir(parents=True)
    (home / "facexformer" / "model.pt").write_bytes(b"")
    assert resolve_parser_weights("facexformer") == home / "facexformer" / "model.pt"
    assert resolve_parser_weights(str(tmp_path)) == tmp_path


def test_a_broken_installation_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr("ohlora.hub.resolve.embedded_folders", lambda entry: (tmp_path,))
    with pytest.raises(MissingModelError, match="portraits should be part of ohlora, but generator.safetensors"):
        resolve_generator("portraits")
    (tmp_path / "generator.safetensors").write_bytes(b"")
    assert resolve_generator("portraits") == tmp_path
