import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ohlora.datasets.face_folder import FaceDataset
from ohlora.errors import DatasetError
from ohlora.labelling.report import write_report


class Page(HTMLParser):
    """Collects what a page loads and shows."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.sources: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.sources += [value or "" for key, value in attrs if key in ("src", "href", "srcset")]

    def handle_data(self, data: str) -> None:
        self.text += data + " "


def labelled(folder: Path, count: int = 12) -> Path:
    dataset = FaceDataset.create(folder)
    rng = np.random.default_rng(0)
    with dataset.writing():
        for index in range(count):
            name = f"{index}.png"
            Image.fromarray(rng.integers(0, 255, (20, 30, 3), dtype=np.uint8)).save(folder / name)
            eyes = index / (count - 1)
            cells = {"score_eyes": 10 * eyes, "eyes": eyes, "mouth": None if index == 3 else 1 - eyes}
            dataset.update(name, {**cells, "parser": "portraits", "missing": "mouth: no lip" if index == 3 else ""})
    return folder


def test_the_report_is_one_file_that_loads_nothing(tmp_path: Path) -> None:
    path = write_report(labelled(tmp_path / "faces"))
    assert path == tmp_path / "faces" / "report.html"
    text = path.read_text(encoding="utf-8")
    sources = Page(text).sources
    assert sources and all(source.startswith(("data:", "#")) for source in sources)
    assert not re.search(r"url\(|@import|<script", text)


def test_the_report_says_what_the_table_holds(tmp_path: Path) -> None:
    page = Page(
        write_report(labelled(tmp_path / "faces"), tmp_path / "sub" / "r.html").read_text(encoding="utf-8")
    ).text
    words = " ".join(page.split())
    assert "12 images, of which 12 are labelled" in words
    assert "eyes and mouth" in words and "−1" in words
    assert "mouth no lip 1" in words
    assert "portraits" in words


def test_the_report_warns_of_pictures_that_may_be_no_portraits(tmp_path: Path) -> None:
    folder = labelled(tmp_path / "faces", 4)
    assert 'class="warning"' not in write_report(folder).read_text(encoding="utf-8")
    dataset = FaceDataset(folder)
    with dataset.writing():
        for name in ("1.png", "3.png"):
            dataset.update(name, {"warning": "may be no illustrated portrait"})
    words = " ".join(Page(write_report(folder).read_text(encoding="utf-8")).text.split())
    assert words.count("2 images: may be no illustrated portrait (1.png, 3.png)") == 1


def test_names_of_files_cannot_inject_markup(tmp_path: Path) -> None:
    folder = labelled(tmp_path / "faces", 4)
    dataset = FaceDataset(folder)
    with dataset.writing():
        dataset.update("<script>x.png", {"eyes": 2.0, "parser": "<b>bold</b>"})
    text = write_report(folder).read_text(encoding="utf-8")
    assert "<script>" not in text and "<b>bold" not in text and "&lt;script&gt;x.png" in text


def test_images_that_cannot_be_read_are_empty_tiles(tmp_path: Path) -> None:
    folder = labelled(tmp_path / "faces", 4)
    (folder / "0.png").write_bytes(b"broken")
    assert 'src="data:,"' in write_report(folder).read_text(encoding="utf-8")


def test_only_an_evenly_spaced_part_of_many_faces_is_shown(tmp_path: Path) -> None:
    text = write_report(labelled(tmp_path / "faces", 150)).read_text(encoding="utf-8")
    assert "96 of 150, evenly spaced" in text


def test_a_folder_without_labels_names_the_next_command(tmp_path: Path) -> None:
    (tmp_path / "metadata.csv").write_text("file_name,seed\na.png,0\n")
    with pytest.raises(DatasetError, match="found none; run: ohlora label"):
        write_report(tmp_path)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatasetError, match="cannot write"):
        write_report(labelled(tmp_path / "faces", 4), tmp_path / "file" / "r.html")
