import pytest

from segmentation.errors import CheckpointError, MissingModelError, SegmentationError
from segmentation.weights import check_sha256, find_weights, models_home


@pytest.fixture(autouse=True)
def empty_home(tmp_path, monkeypatch):
    monkeypatch.setenv("OHLORA_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("segmentation.weights.try_to_load_from_cache", lambda *_: None)


def put(folder, *names):
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_bytes(b"")
    return tuple(folder / name for name in names)


def test_home_follows_the_environment(tmp_path, monkeypatch):
    assert models_home() == tmp_path / "home"
    monkeypatch.delenv("OHLORA_HOME")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    assert models_home() == tmp_path / "hf" / "ohlora"
    monkeypatch.delenv("HF_HOME")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert models_home() == tmp_path / "cache" / "huggingface" / "ohlora"


def test_found_in_the_home(tmp_path):
    expected = put(tmp_path / "home" / "mtcnn", "pnet.pt", "rnet.pt", "onet.pt")
    assert find_weights("mtcnn") == expected


def test_found_in_the_hub_cache(tmp_path, monkeypatch):
    (expected,) = put(tmp_path / "snapshot" / "ckpts", "model.pt")
    asked = []
    monkeypatch.setattr(
        "segmentation.weights.try_to_load_from_cache", lambda *args: asked.append(args) or str(expected)
    )
    assert find_weights("facexformer") == (expected,)
    assert asked == [("kartiknarayan/facexformer", "ckpts/model.pt")]


@pytest.mark.parametrize("inside", ["", "facexformer", "ckpts"])
def test_found_in_a_folder(tmp_path, inside):
    expected = put(tmp_path / "mine" / inside, "model.pt")
    assert find_weights("facexformer", tmp_path / "mine") == expected


def test_a_file_may_have_any_name(tmp_path):
    (file,) = put(tmp_path / "mine", "other.safetensors")
    assert find_weights("facexformer", file) == (file,)


@pytest.mark.parametrize("name", ["facexformer", "mtcnn"])
def test_missing_weights_name_the_command_and_the_folder(tmp_path, name):
    with pytest.raises(MissingModelError) as error:
        find_weights(name)
    assert f"ohlora models pull {name}" in str(error.value)
    assert str(tmp_path / "home" / name) in str(error.value)
    assert "\n" not in str(error.value)


def test_a_part_of_the_files_is_not_enough(tmp_path):
    put(tmp_path / "mine", "pnet.pt", "rnet.pt")
    with pytest.raises(MissingModelError, match="onet.pt"):
        find_weights("mtcnn", tmp_path / "mine")


def test_unknown_name():
    with pytest.raises(SegmentationError, match="expected one of facexformer, mtcnn"):
        find_weights("retinaface")


def test_sha256(tmp_path):
    file = tmp_path / "file"
    file.write_bytes(b"abc")
    # The digest of "abc" in FIPS 180-2, appendix B.1.
    check_sha256(file, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    with pytest.raises(CheckpointError, match="fetch it again"):
        check_sha256(file, "0" * 64)
