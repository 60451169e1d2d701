"""Tests of ohlora.sliders.conditional."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from ohlora.errors import MissingModelError, ModelError, SettingsError
from ohlora.finetuning.regressor_training import average_directions
from ohlora.hub import resolve_model
from ohlora.sliders.conditional import FROZEN, ConditionalConfig, ConditionalGenerator, _next_part
from ohlora.sliders.slider_model import open_slider_model
from stylegan import InputError, from_pretrained
from tests.ohlora.finetuning_models import disturb, tiny_base, tiny_conditional

UNSET = torch.nan


@pytest.mark.parametrize("truncation", [1.0, 0.7])
def test_before_the_first_step_every_slider_value_gives_the_pretrained_face(truncation: float) -> None:
    model, z = tiny_conditional(), torch.randn(5, 12)
    expected = tiny_base()(z, truncation_psi=truncation)
    for values in (torch.rand(5, 2), torch.tensor([[0.0, -1.0]]).expand(5, 2), torch.full((5, 2), UNSET)):
        assert torch.equal(model(z, values, truncation), expected)


@pytest.mark.parametrize("truncation", [1.0, 0.5, torch.tensor([[1.0], [0.7], [0.5], [1.0]])])
def test_faces_whose_sliders_are_not_set_stay_exact_after_training(truncation: float | torch.Tensor) -> None:
    model, base, z = disturb(tiny_conditional()), tiny_base(), torch.randn(4, 12)
    unset = torch.full((4, 2), UNSET)
    expected = base.truncate(base.map(z), truncation)
    assert torch.equal(model.edited_ws(z, unset, truncation), expected)
    # Also beside a face that is edited.
    unset[2, 1] = 0.5
    edited = model.edited_ws(z, unset, truncation)
    assert torch.equal(edited[[0, 1, 3]], expected[[0, 1, 3]]) and not torch.allclose(edited[2], expected[2])


def test_asked_for_its_own_values_a_face_stays() -> None:
    model, z = disturb(tiny_conditional()), torch.randn(4, 12)
    own = torch.stack(list(model.read(z).values()), dim=1)
    torch.testing.assert_close(model(z, own), tiny_base()(z), rtol=1e-4, atol=1e-4)


def reading() -> ConditionalGenerator:
    """A model whose regressor reads something, and whose appended elements go along the directions of it."""
    torch.manual_seed(5)
    model = tiny_conditional()
    for parameter in model.regressor.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    model.mapping.follow(average_directions(model.base, model.regressor, seed=0))
    return model


def shipped() -> ConditionalGenerator:
    model = open_slider_model(resolve_model("portraits"))
    assert isinstance(model, ConditionalGenerator)
    return model


@torch.no_grad()
def test_feedback_passes_bring_levels_nearer_to_what_is_asked() -> None:
    model, z = shipped(), torch.randn(64, 512, generator=torch.Generator().manual_seed(0))
    values = torch.full((64, 6), UNSET)
    values[:, 0] = torch.linspace(0.0, 1.0, 64)
    edit = model.edits(z, values)
    assert edit.passes.shape == (5, 64, 256) and torch.equal(edit.passes[-1], edit.ws[:, 0])
    missing = [float(edit.request.missing(model.regressor.levels(w)).abs().mean()) for w in edit.passes]
    assert missing == sorted(missing, reverse=True) and missing[4] < 0.2 * missing[0], missing
    model.passes = 0
    torch.testing.assert_close(model.edits(z, values).passes[0], edit.passes[0])


def test_the_part_of_a_pass_follows_from_what_the_pass_before_brought_about() -> None:
    def part(before: float, missing: float) -> float:
        return float(_next_part(torch.tensor([0.7]), torch.tensor([before]), torch.tensor([missing])))

    # Before the first pass nothing is known, and where nearly nothing was missing a change says nothing.
    assert part(0.0, 2.0) == part(1e-6, 1e-6) == pytest.approx(0.7)
    # A tenth of 2 levels is left: the slope is 0.9 of the expected one (4 / 4.01 of it is believed).
    assert part(2.0, 0.2) == pytest.approx(0.7 / (1.0 - 0.1 * 4.0 / 4.01))
    # Gone past by as much again: the slope is twice the expected one, and half the part is right.
    assert part(2.0, -2.0) == pytest.approx(0.35, rel=2e-3)
    # Nothing came of it, or it went far past: slopes are believed from 0.5 to 4.
    assert part(2.0, 2.0) == pytest.approx(1.4) and part(0.5, -3.0) == pytest.approx(0.175)


def test_a_face_moves_as_far_whatever_is_drawn_beside_it() -> None:
    model, z, values = reading(), torch.randn(9, 12), torch.rand(9, 2)
    values[::3, 0] = UNSET
    alone = torch.cat([model.edited_ws(z[row : row + 1], values[row : row + 1]) for row in range(9)])
    torch.testing.assert_close(model.edited_ws(z, values), alone, atol=1e-4, rtol=1e-4)


def test_faces_move_continuously_along_a_slider() -> None:
    model, z = reading(), torch.randn(8, 12)
    ramp = torch.linspace(0.0, 1.0, 2001)

    def steps(count: int) -> torch.Tensor:
        values = torch.stack([ramp[:: 2000 // count], torch.full((count + 1,), UNSET)], dim=1)
        w = [model.edited_ws(one.expand(count + 1, -1), values)[:, 0] for one in z]
        return torch.stack(w).diff(dim=1).norm(dim=2).amax()

    # Fifty times as many steps are about a fiftieth as long: there is no jump that stays.
    with torch.no_grad():
        assert steps(2000) < 0.1 * steps(40)


def test_edits_are_in_float32_whatever_surrounds_them() -> None:
    model, z, values = reading(), torch.randn(3, 12), torch.rand(3, 2)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        inside = model.edited_ws(z, values)
    assert inside.dtype == torch.float32 and torch.equal(inside, model.edited_ws(z, values))


def test_only_the_mapping_network_is_trained_and_all_of_it_learns() -> None:
    model = disturb(tiny_conditional())
    trained = model.trainable_parameters()
    assert {name.split(".")[0] for name in trained} == {"mapping"} and set(FROZEN) == {"base", "regressor"}
    for name, value in model.named_parameters():
        assert value.requires_grad == (name in trained)
    model(torch.randn(4, 12), torch.rand(4, 2)).square().sum().backward()
    assert all(value.grad is not None and value.grad.any() for value in trained.values())


def test_read_stays_inside_the_ranges() -> None:
    values = tiny_conditional().read(torch.randn(64, 12) * 100.0)
    assert list(values) == ["mouth", "pose"]
    assert values["mouth"].shape == (64,)
    assert float(values["mouth"].min()) >= 0.0 and float(values["pose"].max()) <= 1.0


def test_unknown_sliders_and_values_out_of_range() -> None:
    model = tiny_conditional()
    with pytest.raises(SettingsError, match="no slider is called 'smile'; the sliders are: mouth 0 to 1, pose -1 to 1"):
        model.edit(torch.randn(1, 12), {"smile": 0.0})
    with pytest.raises(InputError, match="without labels"):
        ConditionalGenerator(tiny_base(label_size=3))
    with pytest.raises(SettingsError, match="passes must be at least 0"):
        ConditionalConfig(passes=-1)


def test_save_and_load(tmp_path: Path) -> None:
    model, z = disturb(tiny_conditional(passes=2)), torch.randn(2, 12)
    folder = model.save_pretrained(tmp_path / "model")
    again = ConditionalGenerator.from_pretrained(folder)
    assert again.sliders == model.sliders and again.base_name == "tiny" and again.config == model.config
    assert again.passes == 2
    assert torch.equal(again.edit(z, {"mouth": 0.3}), model.edit(z, {"mouth": 0.3}))
    # The folder is the base generator's as well; memory alignment decides about the last bit.
    torch.testing.assert_close(from_pretrained(folder)(z), model.edit(z), rtol=1e-4, atol=1e-4)


def test_damaged_folders_are_told(tmp_path: Path) -> None:
    folder = tiny_conditional().save_pretrained(tmp_path / "model")
    text = (folder / "config.json").read_text()

    def changed(change: object) -> None:
        config = json.loads(text)
        change(config["conditional"])  # type: ignore[operator]
        (folder / "config.json").write_text(json.dumps(config))

    changed(lambda entry: entry.update(regressor_hidden=9))
    with pytest.raises(ModelError, match=r"does not fit the config\.json"):
        ConditionalGenerator.from_pretrained(folder)
    changed(lambda entry: entry.update(layer_groups=3))
    with pytest.raises(ModelError, match="is damaged"):
        ConditionalGenerator.from_pretrained(folder)
    changed(lambda entry: entry.pop("format_version"))
    with pytest.raises(ModelError, match="version"):
        ConditionalGenerator.from_pretrained(folder)
    config = json.loads(text)
    del config["conditional"]
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(MissingModelError, match="no entry conditional"):
        ConditionalGenerator.from_pretrained(folder)


def test_the_shipped_sliders_have_no_part_that_does_nothing() -> None:
    model = shipped()
    norms = {name: float(value.norm()) for name, value in model.state_dict().items() if not name.startswith("base.")}
    assert all(norm > 0.0 for norm in norms.values()), norms
    untrained = model.base.appended_mapping(len(model.sliders) * 2 + 1).state_dict()
    for name, value in model.mapping.state_dict().items():
        assert not np.allclose(value, untrained[name], atol=1e-3), f"{name} was not trained"
