"""The page's seeds, by Node.js, against numpy's."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import ohlora.export
from ohlora.generation.seeds import latents

SCRIPT = Path(ohlora.export.__file__).parent / "page" / "seeds.js"


@pytest.mark.parametrize("length", [512, 13])
def test_a_seed_gives_the_same_latent_in_the_browser(length: int, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no Node.js: install nodejs")
    seeds = [0, 1, 7, 12345, 2**31, 2**32 - 1, *range(100, 110)]
    module = shutil.copy(SCRIPT, tmp_path / "seeds.mjs")
    program = (
        f"import {{ latent }} from {json.dumps(str(module))};"
        f"console.log(JSON.stringify({seeds}.map((seed) => Array.from(latent(seed, {length})))))"
    )
    done = subprocess.run([node, "--input-type=module", "-e", program], capture_output=True, text=True, check=True)
    # The last digit of a logarithm is not the same everywhere.
    np.testing.assert_allclose(json.loads(done.stdout), latents(seeds, length), rtol=2e-7)
