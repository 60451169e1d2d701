"""Tests of ohlora.sliders.published, on files that have the published layout and random weights."""

from pathlib import Path

import pytest
import torch

from ohlora.errors import ModelError, SettingsError
from ohlora.generation.loaded_model import load_with_sliders
from ohlora.sliders.published import PublishedConditionalGenerator
from tests.ohlora.finetuning_models import tiny_base


@pytest.mark.parametrize(("labels", "first"), [(7, "eyes"), (3, "eyes")])
def test_a_bare_state_dict_with_labels_gets_sliders(tmp_path: Path, labels: int, first: str) -> None:
    # As in the published files: mapping.label_weight (L, 16), and 16 more inputs of the first dense layer than z has.
    base = tiny_base(label_size=labels, label_dim=16, z_dim=512, mapping_layers=8)
    torch.save(base.state_dict(), tmp_path / "published.pth")
    model = load_with_sliders(tmp_path / "published.pth").network
    assert isinstance(model, PublishedConditionalGenerator)
    assert len(model.sliders) == labels and next(iter(model.sliders)) == first
    z = torch.randn(2, 512)
    values = torch.zeros(2, labels)
    values[:, list(model.sliders).index("mouth")] = 1.5
    with torch.no_grad():
        expected = base(z, values)
    torch.testing.assert_close(model.edit(z, {"mouth": 1.5}), expected, rtol=1e-4, atol=1e-4)
    assert model.read(z)["pose"].tolist() == [0.0, 0.0]
    with pytest.raises(SettingsError, match="no slider is called 'gender'"):
        model.edit(z, {"gender": 1.0})


def test_labels_of_unknown_meaning() -> None:
    with pytest.raises(ModelError, match="7 or 3 labels"):
        PublishedConditionalGenerator(tiny_base(label_size=5))
