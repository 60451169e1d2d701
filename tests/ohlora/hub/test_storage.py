from pathlib import Path

import pytest

from ohlora.errors import SettingsError
from ohlora.hub import CATALOG, find_files, model_folder
from ohlora.hub.storage import by_hand, embedded_folders, missing_model, sha256_of

V1 = CATALOG["ohlora-v1"]


def put(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"abc")
    return path


def test_a_file_put_there_by_hand_is_found(home):
    assert find_files(V1) is None
    path = put(home / "ohlora-v1" / "stylegan_gen_fine_tuned_v1.pth")
    assert find_files(V1) == (path,)


def test_a_repository_downloaded_as_a_whole_is_found(home):
    path = put(home / "facexformer" / "ckpts" / "model.pt")
    assert find_files(CATALOG["facexformer"]) == (path,)


def test_the_cache_of_the_hub_is_looked_at(tmp_path, monkeypatch):
    path = put(tmp_path / "cache" / "model.pt")
    monkeypatch.setattr("ohlora.hub.storage.try_to_load_from_cache", lambda repository, file: str(path))
    assert find_files(CATALOG["facexformer"]) == (path,)


def test_some_files_are_not_all(home):
    put(home / "mtcnn" / "pnet.pt")
    assert find_files(CATALOG["mtcnn"]) is None


def test_home_follows_the_environment(home, tmp_path, monkeypatch):
    assert model_folder(V1) == home / "ohlora-v1"
    monkeypatch.delenv("OHLORA_HOME")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    assert model_folder(V1) == tmp_path / "hf" / "ohlora" / "ohlora-v1"
    monkeypatch.delenv("HF_HOME")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert model_folder(V1) == Path.home() / ".cache" / "huggingface" / "ohlora" / "ohlora-v1"


def test_a_missing_model_names_the_command_and_the_way_by_hand(home):
    assert str(missing_model(V1)) == (
        "ohlora-v1 is not on this machine: run `ohlora models pull ohlora-v1`, or get stylegan_gen_fine_tuned_v1.pth from "
        f"https://huggingface.co/daebakgazua/250408_OhLoRA_StyleGAN_FineTuned and put it into {home / 'ohlora-v1'}"
    )
    assert "pnet.pt, rnet.pt, onet.pt" in by_hand(CATALOG["mtcnn"])


def test_embedded_folders_are_inside_the_packages():
    root = Path(__file__).parents[3]
    assert embedded_folders(CATALOG["portraits"]) == (
        root / "ohlora" / "models" / "portraits",
        root / "segmentation" / "models" / "portraits",
    )
    assert embedded_folders(V1) == ()


def test_sha256(tmp_path):
    # The digest of "abc" from the standard's own examples (FIPS 180-2, appendix B.1).
    assert sha256_of(put(tmp_path / "f")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_without_a_home_folder_nothing_is_here_and_the_line_says_what_to_set(monkeypatch):
    for name in ("OHLORA_HOME", "HF_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "expanduser", _without_home)
    assert find_files(V1) is None
    with pytest.raises(SettingsError, match="found none; set OHLORA_HOME to a folder"):
        missing_model(V1)
    monkeypatch.setenv("OHLORA_HOME", "/models")
    assert model_folder(V1) == Path("/models/ohlora-v1")


def _without_home(path: Path) -> Path:
    if path.parts[:1] == ("~",):
        raise RuntimeError("Could not determine home directory.")
    return path
