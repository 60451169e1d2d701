import pytest
import torch

from ohlora.errors import MissingModelError, ModelError
from ohlora.hub import load_generator, resolve_model, weights_file
from stylegan import Generator, build_generator, save_pretrained


@pytest.fixture
def generator() -> Generator:
    return build_generator(resolution=8, fmaps_base=64, fmaps_max=8, z_dim=8, w_dim=8, mapping_dim=8).eval()


def test_a_folder(generator, tmp_path):
    save_pretrained(generator, tmp_path / "mine")
    place = resolve_model(tmp_path / "mine")
    assert place == tmp_path / "mine"
    assert weights_file(place) == tmp_path / "mine" / "generator.safetensors"
    z = torch.randn(1, 8)
    torch.testing.assert_close(load_generator(place)(z), generator(z))


def test_a_checkpoint_put_there_by_hand_loads_by_name(generator, home):
    path = home / "ohlora-v1" / "stylegan_gen_fine_tuned_v1.pth"
    path.parent.mkdir(parents=True)
    torch.save(generator.state_dict(), path)
    assert resolve_model("ohlora-v1") == path
    assert weights_file(path) == path
    loaded = load_generator("ohlora-v1")
    assert not loaded.training
    z = torch.randn(1, 8)
    torch.testing.assert_close(loaded(z), generator(z))


def test_names_win_over_folders(tmp_path, monkeypatch):
    (tmp_path / "ohlora-v1").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(MissingModelError, match="run `ohlora models pull ohlora-v1`"):
        resolve_model("ohlora-v1")
    assert resolve_model("./ohlora-v1").is_dir()


def test_a_runs_folder_leads_to_its_model(generator, tmp_path):
    save_pretrained(generator, tmp_path / "run" / "model")
    assert resolve_model(tmp_path / "run") == tmp_path / "run" / "model"
    assert resolve_model(tmp_path / "run" / "model") == tmp_path / "run" / "model"
    # A folder that is a model itself is not left for what else is in it.
    save_pretrained(generator, tmp_path / "run")
    assert resolve_model(tmp_path / "run") == tmp_path / "run"


def test_what_is_no_generator():
    with pytest.raises(ModelError, match="mtcnn is a detector, expected a generator: one of portraits, ohlora-v1"):
        resolve_model("mtcnn")
    with pytest.raises(MissingModelError, match=r"/nowhere is neither a known generator .*, nor a file, nor a folder"):
        resolve_model("/nowhere")
    with pytest.raises(MissingModelError, match="which would be written owner/name"):
        resolve_model("no body/has this: name")


def test_repositories_that_cannot_be_had(tmp_path):
    with pytest.raises(
        MissingModelError, match="nobody/nothing is neither .* that can be had: the Hub cannot be reached"
    ):
        resolve_model("nobody/nothing", local_files_only=True, cache_dir=tmp_path)


def test_the_same_name_stands_for_generator_and_parser():
    assert weights_file(resolve_model("portraits")).name == "generator.safetensors"
    assert weights_file(resolve_model("portraits", "parser"), "parser").name == "parser.safetensors"
    with pytest.raises(ModelError, match="ohlora-v1 is a generator, expected a parser: one of portraits, facexformer"):
        resolve_model("ohlora-v1", "parser")


def test_a_broken_installation_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr("ohlora.hub.resolve.embedded_folders", lambda entry: (tmp_path,))
    with pytest.raises(MissingModelError, match="portraits should be part of ohlora, but generator.safetensors"):
        resolve_model("portraits")
    (tmp_path / "generator.safetensors").write_bytes(b"")
    assert resolve_model("portraits") == tmp_path
