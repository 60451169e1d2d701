import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from ohlora.errors import MissingModelError, ModelError
from ohlora.evaluation.identity import (
    Calibration,
    IdentityConfig,
    IdentityNetwork,
    load_identity,
    save_identity,
)


def tiny() -> IdentityNetwork:
    return IdentityNetwork(IdentityConfig(16, (8, 16), 6), Calibration(0.9, 0.1, 20)).eval()


def test_embeddings_have_length_one_for_images_of_any_size() -> None:
    for size in (16, 24):
        embeddings = tiny()(torch.randn(3, 3, size, size))
        assert embeddings.shape == (3, 6)
        torch.testing.assert_close(embeddings.norm(dim=1), torch.ones(3))


def test_an_image_alone_and_in_company_is_the_same() -> None:
    network, images = tiny(), torch.randn(4, 3, 16, 16)
    torch.testing.assert_close(network(images)[2:3], network(images[2:3]))


def test_round_trip(tmp_path: Path) -> None:
    network = tiny()
    loaded = load_identity(save_identity(network, tmp_path / "identity"))
    images = torch.randn(2, 3, 16, 16)
    # Stored in half precision.
    torch.testing.assert_close(loaded(images), network(images), atol=2e-3, rtol=0)
    assert loaded.config == network.config and loaded.calibration == network.calibration


def test_what_is_missing_or_damaged_is_said(tmp_path: Path) -> None:
    with pytest.raises(MissingModelError, match="pretrain identity"):
        load_identity(tmp_path)
    save_identity(tiny(), tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    config["identity"]["dimension"] = 7
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match=r"identity.safetensors does not fit .* to_embedding.* should be \(7, "):
        load_identity(tmp_path)
    config["identity"]["dimension"] = 1
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match="the entry identity is damaged .* a dimension of at least 2"):
        load_identity(tmp_path)


@pytest.mark.parametrize("sizes", [{"widths": (4,)}, {"widths": ()}, {"size": 2, "widths": (8, 8)}, {"dimension": 1}])
def test_impossible_sizes(sizes: dict[str, object]) -> None:
    with pytest.raises(ModelError, match="expected"):
        IdentityConfig(**sizes)  # type: ignore[arg-type]


def test_contrastive_loss_by_hand() -> None:
    pytest.importorskip("skia", exc_type=ImportError)
    from ohlora.pretraining.identity_training import contrastive_loss

    # Two people at a right angle, each with two equal views: the partner has cosine 1, both others 0.
    eye = torch.eye(2)
    expected = -math.log(math.e / (math.e + 2.0))
    assert float(contrastive_loss(eye, eye, temperature=1.0)) == pytest.approx(expected)


def test_training_repeats_its_batches_learns_and_calibrates() -> None:
    pytest.importorskip("skia", exc_type=ImportError)
    from ohlora.pretraining.identity_training import IdentityTraining
    from ohlora.pretraining.settings import IdentitySettings, identity_settings

    stored = identity_settings(Path(__file__).parents[3] / "scripts" / "portraits.toml")
    values = {**vars(stored), "size": 16, "widths": (8, 16), "dimension": 6, "held_out": 2, "batch": 4}
    settings = IdentitySettings(**values)
    rng = np.random.default_rng(0)
    # A person is a colour here.
    people = np.broadcast_to(rng.integers(0, 255, (8, 1, 1, 1, 3)), (8, 3, 16, 16, 3)).astype(np.uint8)
    module = IdentityTraining(settings, people)
    assert module.batch(3).shape == (2, 4, 3, 16, 16)
    torch.testing.assert_close(module.batch(3), module.batch(3))
    calibration = module.calibrate()
    assert calibration.same == pytest.approx(1.0, abs=1e-4) and calibration.people == 2
    one, other = (
        module.ema.averaged(module.network)(torch.from_numpy(people[k, :1]).permute(0, 3, 1, 2) / 127.5 - 1)
        for k in (0, 1)
    )
    assert calibration.different == pytest.approx(float((one * other).sum()), abs=1e-4)


def test_views_of_a_person_differ_only_in_what_varies() -> None:
    pytest.importorskip("skia", exc_type=ImportError)
    from dataclasses import replace

    from ohlora.pretraining.people import render_person
    from ohlora.pretraining.settings import identity_settings

    stored = identity_settings(Path(__file__).parents[3] / "scripts" / "portraits.toml")
    none = render_person(1, replace(stored, varied=(), size=16, views=2))
    np.testing.assert_array_equal(none[0], none[1])
    some = render_person(1, replace(stored, varied=("hair_lightness",), size=16, views=2))
    assert (some[0] != some[1]).any()
