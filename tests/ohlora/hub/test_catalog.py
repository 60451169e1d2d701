import re

import pytest

from ohlora.errors import MissingModelError
from ohlora.hub import CATALOG, find_entry


def test_entries_are_consistent():
    for name, entry in CATALOG.items():
        assert entry.name == name
        assert bool(entry.files) != bool(entry.embedded)
        assert all(needed in CATALOG for needed in entry.needs)
        for file in entry.files:
            assert file.sha256 is None or re.fullmatch("[0-9a-f]{64}", file.sha256)
            assert entry.hub or file.path.startswith("https://")


def test_the_promised_models_are_there():
    assert {"portraits", "facexformer", "mtcnn", "ohlora-v1", "ohlora-v3", "ohlora-v4"} <= CATALOG.keys()


def test_mtcnn_is_the_published_one(shared_dir):
    # Sizes of the published files, measured on the copies in shared/.
    for file in CATALOG["mtcnn"].files:
        assert (shared_dir / "weights" / "mtcnn" / file.name).stat().st_size == file.size


@pytest.mark.parametrize(
    ("name", "message"), [("potraits", "did you mean portraits"), ("xyz", "known names are portraits, facexformer")]
)
def test_unknown_names_get_a_hint(name, message):
    with pytest.raises(MissingModelError, match=message):
        find_entry(name)
