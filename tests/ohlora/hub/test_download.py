import hashlib

import pytest

from ohlora.errors import DownloadError, MissingModelError
from ohlora.hub import CATALOG, ModelEntry, ModelFile, find_files, pull

CONTENT = bytes(range(256)) * 400  # 102,400 bytes
DIGEST = hashlib.sha256(CONTENT).hexdigest()


def on_hub(**changes):
    file = ModelFile("model.pt", size=len(CONTENT), sha256=changes.pop("sha256", DIGEST), path="ckpts/model.pt")
    return ModelEntry(
        "tiny", "parser", "a test's", "MIT", "https://hub/someone/tiny", (file,), "someone/tiny", **changes
    )


def by_address(hub, sha256=DIGEST):
    file = ModelFile("net.pt", size=len(CONTENT), sha256=sha256, path=f"{hub.address}/data/net.pt")
    return ModelEntry("net", "detector", "a test's", "MIT", "https://code/someone/net", (file,))


@pytest.fixture
def tiny(hub, monkeypatch):
    hub.add("someone/tiny", "ckpts/model.pt", CONTENT)
    entry = on_hub()
    monkeypatch.setitem(CATALOG, "tiny", entry)
    return entry


def test_pull_puts_the_file_into_the_models_folder(hub, tiny, home):
    lines = []
    (path,) = pull("tiny", tell=lines.append)
    assert path == home / "tiny" / "model.pt"
    assert path.read_bytes() == CONTENT
    assert find_files(tiny) == (path,)
    assert lines == [f"model.pt fetched: {path}"]
    assert not (home / ".downloads" / "tiny").exists()


def test_pull_fetches_once(hub, tiny):
    pull("tiny")
    hub.ranges.clear()
    pull("tiny")
    assert hub.ranges == []


def test_pull_force_fetches_again(hub, tiny):
    (path,) = pull("tiny")
    hub.add("someone/tiny", "ckpts/model.pt", CONTENT)
    hub.ranges.clear()
    pull("tiny", force=True)
    assert len(hub.ranges) == 1
    assert path.read_bytes() == CONTENT


def test_a_dropped_connection_is_taken_up_where_it_stopped(hub, tiny, monkeypatch):
    # The Hub's client goes on after the last whole chunk that it wrote; its chunks of 10 MB would make a slow test.
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 10_000)
    hub.cut_first = 40_000
    (path,) = pull("tiny")
    assert path.read_bytes() == CONTENT
    assert hub.ranges == [None, "bytes=40000-"]


def test_pull_fetches_what_a_model_needs_first(hub, tiny, home, monkeypatch):
    hub.files["/data/net.pt"] = CONTENT
    monkeypatch.setitem(CATALOG, "net", by_address(hub))
    monkeypatch.setitem(CATALOG, "tiny", on_hub(needs=("net",)))
    lines = []
    pull("tiny", tell=lines.append)
    assert [line.split()[0] for line in lines] == ["net.pt", "model.pt"]
    assert (home / "net" / "net.pt").read_bytes() == CONTENT


def test_a_file_with_another_digest_is_not_kept(hub, home, monkeypatch):
    hub.add("someone/tiny", "ckpts/model.pt", b"something else")
    monkeypatch.setitem(CATALOG, "tiny", on_hub())
    with pytest.raises(DownloadError, match=f"sha256 .* instead of {DIGEST}; run `ohlora models pull --force tiny`"):
        pull("tiny")
    assert not list(home.rglob("*.pt"))
    # The next try fetches again instead of finding the bad file in the client's records.
    hub.add("someone/tiny", "ckpts/model.pt", CONTENT)
    (path,) = pull("tiny")
    assert path.read_bytes() == CONTENT


def test_a_damaged_file_that_is_here_is_named(hub, tiny, home):
    (home / "tiny").mkdir(parents=True)
    (home / "tiny" / "model.pt").write_bytes(b"cut off")
    with pytest.raises(DownloadError, match=r"tiny/model.pt is not the published model.pt.*--force tiny"):
        pull("tiny")
    (path,) = pull("tiny", force=True)
    assert path.read_bytes() == CONTENT


def test_a_failed_pull_leaves_the_old_file(hub, tiny):
    (path,) = pull("tiny")
    hub.files.clear()
    with pytest.raises(DownloadError):
        pull("tiny", force=True)
    assert path.read_bytes() == CONTENT


def test_a_file_gone_from_its_repository_says_how_to_go_on(hub, home, monkeypatch):
    hub.add("someone/tiny", "README.md", b"moved")
    monkeypatch.setitem(CATALOG, "tiny", on_hub())
    with pytest.raises(DownloadError) as caught:
        pull("tiny")
    assert str(caught.value) == (
        "model.pt could not be fetched: the repository no longer has this file; "
        f"get model.pt from https://hub/someone/tiny and put it into {home / 'tiny'}"
    )


def test_a_repository_that_is_gone(hub, monkeypatch):
    monkeypatch.setitem(CATALOG, "tiny", on_hub())
    with pytest.raises(DownloadError, match="the repository is gone or private; get model.pt from"):
        pull("tiny")


def test_no_network(hub, tiny, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # the discard port: nobody answers
    monkeypatch.setattr("time.sleep", lambda seconds: None)  # between the client's tries
    with pytest.raises(DownloadError, match="the Hub cannot be reached .*; get model.pt from"):
        pull("tiny")


def test_pull_by_address(hub, home, monkeypatch):
    hub.files["/data/net.pt"] = CONTENT
    monkeypatch.setitem(CATALOG, "net", by_address(hub))
    assert pull("net") == (home / "net" / "net.pt",)


@pytest.mark.parametrize(
    ("content", "cut", "message"),
    [
        (
            None,
            None,
            "net.pt could not be fetched: HTTP Error 404: Not Found; get net.pt from https://code/someone/net",
        ),
        (CONTENT, 1000, "net.pt could not be fetched: the connection ended after 1000 of 102400 bytes"),
        (b"other", None, "is not the published net.pt: sha256"),
    ],
)
def test_failures_by_address(hub, home, monkeypatch, content, cut, message):
    if content is not None:
        hub.files["/data/net.pt"] = content
    hub.cut_first = cut
    monkeypatch.setitem(CATALOG, "net", by_address(hub))
    with pytest.raises(DownloadError, match=message):
        pull("net")
    assert not (home / "net").exists()


def test_an_unpublished_digest_is_said(hub, monkeypatch):
    hub.add("someone/tiny", "ckpts/model.pt", CONTENT)
    monkeypatch.setitem(CATALOG, "tiny", on_hub(sha256=None))
    lines = []
    pull("tiny", tell=lines.append)
    assert lines[0].endswith("(no published sha256 to check it against)")


def test_embedded_models_need_no_pull():
    lines = []
    assert pull("portraits", tell=lines.append) == ()
    assert lines == ["portraits ships with ohlora; there is nothing to fetch"]


def test_unknown_name():
    with pytest.raises(MissingModelError, match="no model is called 'facexfromer'; did you mean facexformer"):
        pull("facexfromer")
