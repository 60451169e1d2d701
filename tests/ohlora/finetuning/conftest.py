from pathlib import Path

import pytest

from tests.ohlora.finetuning.datasets import make_folder


@pytest.fixture(scope="session")
def faces_and_base(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A labelled folder and the model folder of the generator that drew its faces."""
    return make_folder(tmp_path_factory.mktemp("finetuning"))
