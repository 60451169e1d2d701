import time

import numpy as np
import pytest

from ohlora.errors import OhloraError
from ohlora.labelling.attributes import ATTRIBUTE_NAMES
from ohlora.labelling.scores import DEFAULT_VERSION, VERSIONS, compute_scores


def test_every_version_has_every_attribute_in_the_registrys_order(golden):
    label_maps, images, _ = golden
    for version in VERSIONS:
        table = compute_scores(label_maps, images, version, gender=np.linspace(0, 1, 8))
        assert table.names == ATTRIBUTE_NAMES and len(table) == 8
        assert all(column.shape == (8,) and column.dtype == np.float64 for column in table.values.values())
        for row in range(8):
            missing = {name for name, value in table.row(row).items() if np.isnan(value)}
            assert missing == set(table.reasons[row])


@pytest.mark.parametrize("version", ["v1", "v2"])
@pytest.mark.parametrize(
    "name", ["eyes", "hair_color", "hair_length", "mouth", "pose", "background_mean", "background_std"]
)
def test_earlier_versions_agree_with_the_published_scores(golden, version, name):
    label_maps, images, expected = golden
    table = compute_scores(label_maps, images, version)
    np.testing.assert_allclose(table.values[name], [row[version][name] for row in expected], rtol=0, atol=1e-6)


def test_the_default_is_version_3(golden):
    label_maps, images, _ = golden
    assert DEFAULT_VERSION == "v3" and compute_scores(label_maps, images).version == "v3"


def test_gender_is_handed_through_and_missing_without_a_classifier(golden):
    label_maps, images, _ = golden
    table = compute_scores(label_maps[:2], images[:2], gender=[0.25, np.nan])
    assert table.values["gender"][0] == 0.25 and np.isnan(table.values["gender"][1])
    assert "gender" not in table.reasons[0] and "gender" in table.reasons[1]
    assert "gender" in compute_scores(label_maps[:1], images[:1]).reasons[0]


def test_batches_agree_with_single_maps_across_chunks(golden):
    label_maps, images, _ = golden
    many = compute_scores(np.tile(label_maps, (9, 1, 1)), np.tile(images, (9, 1, 1, 1)))
    for index in range(8):
        one = compute_scores(label_maps[index : index + 1], images[index : index + 1])
        for name, column in one.values.items():
            np.testing.assert_allclose(many.values[name][64 + index], column[0], rtol=1e-12)


@pytest.mark.parametrize("version", list(VERSIONS))
def test_no_face_at_all(version):
    table = compute_scores(np.zeros((0, 224, 224), np.uint8), np.zeros((0, 224, 224, 3), np.uint8), version)
    assert len(table) == 0 and table.names == ATTRIBUTE_NAMES


def test_bad_settings_are_named(golden):
    label_maps, images, _ = golden
    with pytest.raises(OhloraError, match="'v9'.*v1, v2, v3"):
        compute_scores(label_maps, images, "v9")
    with pytest.raises(OhloraError, match="one gender probability per face"):
        compute_scores(label_maps, images, gender=[0.5])
    with pytest.raises(OhloraError, match="probabilities from 0"):
        compute_scores(label_maps, images, gender=np.full(8, 1.5))


@pytest.mark.parametrize("version", list(VERSIONS))
def test_speed(golden, version):
    """256 maps in under 0.3 s on one core; the processor's time counts, so that other programs don't."""
    label_maps, images, _ = golden
    label_maps, images = np.tile(label_maps, (32, 1, 1)), np.tile(images, (32, 1, 1, 1))
    seconds = []
    for _ in range(3):
        start = time.process_time()
        compute_scores(label_maps, images, version)
        seconds.append(time.process_time() - start)
    assert min(seconds) < 0.3
