"""Tests of ohlora.sliders.conditional."""

import json
from pathlib import Path

import pytest
import torch

from ohlora.errors import ModelError, SettingsError
from ohlora.finetuning.readout_training import average_directions
from ohlora.sliders.conditional import FROZEN, ConditionalGenerator
from stylegan import from_pretrained
from tests.ohlora.finetuning_models import disturb, tiny_base, tiny_conditional


@pytest.mark.parametrize("truncation", [1.0, 0.7])
@pytest.mark.parametrize("groups", [1, 3])
def test_before_the_first_step_every_slider_value_gives_the_pretrained_face(truncation: float, groups: int) -> None:
    model, z = tiny_conditional(layer_groups=groups), torch.randn(5, 12)
    expected = tiny_base()(z, truncation_psi=truncation)
    for attributes in (torch.rand(5, 2), torch.tensor([[0.0, -1.0]]).expand(5, 2), torch.full((5, 2), torch.nan)):
        drawn = model(z, attributes, truncation)
        if truncation == 1.0:
            assert torch.equal(drawn, expected)
        else:  # torch.lerp and its formula round differently
            torch.testing.assert_close(drawn, expected, rtol=1e-4, atol=1e-5)


def test_faces_whose_sliders_are_not_moved_stay_exact_after_training() -> None:
    model, z = disturb(tiny_conditional()), torch.randn(4, 12)
    assert torch.equal(model.edit(z), tiny_base()(z))
    moved = model.edit(z, {"pose": 1.0})
    assert not torch.allclose(moved, tiny_base()(z))
    back = torch.stack(list(model.read(z).values()), dim=1)
    torch.testing.assert_close(model(z, back), tiny_base()(z), rtol=1e-4, atol=1e-5)


def reading(refined: bool = True) -> ConditionalGenerator:
    """A model whose readout reads something, and whose sliders go after it."""
    torch.manual_seed(5)
    model = tiny_conditional(refine_steps=8)
    for parameter in model.readout.members.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    if refined:
        model.directions.copy_(average_directions(model, seed=0))
    return model


def test_directions_raise_one_level_and_no_other_on_average() -> None:
    model, z = reading(), torch.randn(2000, 12)
    z = z / z.square().mean(dim=1, keepdim=True).sqrt()
    for index, direction in enumerate(model.directions):
        with torch.no_grad():
            low, high = (model.readout.levels(model.base.mapping(z + s * direction)).mean(dim=0) for s in (-0.01, 0.01))
        raised = ((high - low) / 0.02).tolist()
        assert 0.5 < raised[index] < 1.5 and abs(raised[1 - index]) < 0.25


def test_newton_steps_go_along_the_directions_alone() -> None:
    model, z = reading(), torch.randn(8, 12)
    move = model.edits(z, torch.tensor([[0.9, torch.nan]]).expand(8, 2))["z_move"]
    along = move @ torch.linalg.pinv(model.directions) @ model.directions
    assert float(move.detach().norm(dim=1).median()) > 0.1
    torch.testing.assert_close(move, along, atol=1e-5, rtol=1e-4)


def test_a_face_is_moved_as_far_whatever_is_drawn_beside_it() -> None:
    model, z, attributes = reading(), torch.randn(9, 12), torch.rand(9, 2)
    attributes[::3, 0] = torch.nan
    together = model.edited_ws(z, attributes)
    alone = torch.cat([model.edited_ws(z[row : row + 1], attributes[row : row + 1]) for row in range(9)])
    torch.testing.assert_close(together, alone, atol=1e-4, rtol=1e-4)


def test_newton_steps_go_where_the_readout_says() -> None:
    model = reading(refined=False)
    z = torch.randn(16, 12)
    own = model.read(z)
    wanted = {"mouth": 0.7 * own["mouth"] + 0.15}

    def read(ws: torch.Tensor) -> torch.Tensor:
        return model.readout(ws[:, 0])

    attributes = torch.stack([wanted["mouth"], torch.full((16,), torch.nan)], dim=1)
    with torch.no_grad():
        before = (read(model.edited_ws(z, attributes))[:, 0] - wanted["mouth"]).abs().mean()
    model.directions.copy_(average_directions(model, seed=0))
    with torch.inference_mode():
        values = read(model.edited_ws(z, attributes))
    # Not every value can be reached by random networks.
    assert float((values[:, 0] - wanted["mouth"]).abs().median()) < 0.2 * float(before)
    assert float((values[:, 1] - own["pose"]).abs().median()) < 0.05
    assert torch.equal(model.edit(z), tiny_base()(z))


def test_every_part_that_is_added_learns_from_the_first_steps() -> None:
    model = tiny_conditional()
    model(torch.randn(4, 12), torch.rand(4, 2)).square().sum().backward()
    learning = {name for name, value in model.named_parameters() if value.grad is not None and value.grad.any()}
    assert learning == {"columns", "latent_editor.last.weight", "w_editor.last.weight"}


def test_only_what_is_added_before_the_synthesis_is_trained() -> None:
    model = tiny_conditional()
    trained, reasons = model.trainable_parameters(), model.frozen_reasons()
    assert reasons == FROZEN and all(reasons.values())
    assert {name.split(".")[0] for name in trained} == {"columns", "latent_editor", "w_editor"}
    for name, value in model.named_parameters():
        assert value.requires_grad == (name in trained)


def test_read_stays_inside_the_ranges() -> None:
    values = tiny_conditional().read(torch.randn(64, 12) * 100.0)
    assert list(values) == ["mouth", "pose"]
    assert values["mouth"].shape == (64,)
    assert float(values["mouth"].min()) >= 0.0 and float(values["pose"].max()) <= 1.0


def test_unknown_sliders_and_values_out_of_range() -> None:
    model = tiny_conditional()
    with pytest.raises(SettingsError, match="no slider is called 'smile'; the sliders are: mouth 0 to 1, pose -1 to 1"):
        model.edit(torch.randn(1, 12), {"smile": 0.0})
    with pytest.raises(SettingsError, match="expected a generator without labels"):
        ConditionalGenerator(tiny_base(label_size=3))
    with pytest.raises(SettingsError, match="groups of layers"):
        tiny_conditional(layer_groups=99)


def test_save_and_load(tmp_path: Path) -> None:
    model, z = disturb(tiny_conditional(layer_groups=2)), torch.randn(2, 12)
    folder = model.save_pretrained(tmp_path / "model")
    again = ConditionalGenerator.from_pretrained(folder)
    assert again.sliders == model.sliders and again.base_name == "tiny" and again.config == model.config
    assert torch.equal(again.edit(z, {"mouth": 0.3}), model.edit(z, {"mouth": 0.3}))
    # The folder is the base generator's as well; memory alignment decides about the last bit.
    torch.testing.assert_close(from_pretrained(folder)(z), model.edit(z), rtol=1e-4, atol=1e-4)


def test_damaged_folders_are_told(tmp_path: Path) -> None:
    folder = tiny_conditional().save_pretrained(tmp_path / "model")
    config = json.loads((folder / "config.json").read_text())
    config["conditional"]["hidden"] = 9
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match="does not fit the model's config.json"):
        ConditionalGenerator.from_pretrained(folder)
    del config["conditional"]["sliders"]
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match="is damaged"):
        ConditionalGenerator.from_pretrained(folder)
    del config["conditional"]
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match="generator without sliders; ohlora finetune adds them"):
        ConditionalGenerator.from_pretrained(folder)
