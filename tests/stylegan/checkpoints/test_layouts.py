"""Every published layout of StyleGAN2 and StyleGAN3 opens as the network that it holds, with the moving average."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from stylegan import CheckpointError, from_pretrained, load_checkpoint
from stylegan.checkpoints.checkpoint import read_checkpoint
from stylegan.checkpoints.folder import convert_checkpoint
from tests.stylegan.checkpoints import nvlabs_files
from tests.stylegan.checkpoints.published_names import (
    assert_same,
    genforce_discriminator,
    genforce_generator,
    rosinality_discriminator,
    rosinality_generator,
)
from tests.stylegan.golden_networks import (
    golden_latents,
    stylegan2_discriminator,
    stylegan2_generator,
    stylegan3_generator,
)

NVLABS = {"conv_clamp": 256}


def other() -> torch.nn.Module:
    """The generator in training, which is not to be taken."""
    return stylegan2_generator("u32", seed=1000)


def save(path: Path, payload: Any, *, old: bool = False) -> Path:
    torch.save(payload, path, _use_new_zipfile_serialization=not old)
    return path


def pickled(path: Path) -> Path:
    average = nvlabs_files.persistent("Generator", stylegan2_generator("u32"), {"z_dim": 16}, **NVLABS)
    training = nvlabs_files.persistent("Generator", other(), {"z_dim": 16}, **NVLABS)
    judge = nvlabs_files.persistent("Discriminator", stylegan2_discriminator("u32"), {"c_dim": 0}, **NVLABS)
    payload = {"G": training, "D": judge, "G_ema": average, "augment_pipe": None, "training_set_kwargs": None}
    return nvlabs_files.write(path, payload, 3)


def rosinality(path: Path) -> Path:
    generator = stylegan2_generator("u32")
    payload = {"g_ema": rosinality_generator(generator.state_dict()), "latent_avg": generator.average_w}
    return save(path, {"g": rosinality_generator(other().state_dict()), **payload}, old=True)


def encoder(path: Path) -> Path:
    generator = stylegan2_generator("u32")
    state = {f"decoder.{name}": value for name, value in rosinality_generator(generator.state_dict()).items()}
    state["encoder.input_layer.0.weight"] = torch.zeros(3)
    payload = {"state_dict": state, "latent_avg": generator.average_w.repeat(8, 1), "opts": {"output_size": 32}}
    return save(path, payload)


def genforce(path: Path) -> Path:
    payload = {
        "generator": genforce_generator(other().state_dict()),
        "discriminator": genforce_discriminator(stylegan2_discriminator("u32").state_dict()),
        "generator_smooth": genforce_generator(stylegan2_generator("u32").state_dict()),
    }
    return save(path, payload)


def bare(path: Path) -> Path:
    return save(path, stylegan2_generator("u32").state_dict())


FILES: dict[str, Callable[[Path], Path]] = {f.__name__: f for f in (pickled, rosinality, encoder, genforce, bare)}


@pytest.mark.parametrize("kind", FILES)
def test_the_moving_average_is_read(tmp_path: Path, kind: str) -> None:
    # A name says nothing of the content.
    path = FILES[kind](tmp_path / "network.bin")
    generator = load_checkpoint(path)
    assert_same(generator, stylegan2_generator("u32"), 1e-6 if kind == "genforce" else 0.0)
    assert generator.config.conv_clamp == (256 if kind in ("pickled", "bare") else None)


@pytest.mark.parametrize("kind", ["pickled", "genforce"])
def test_the_discriminator_is_read(tmp_path: Path, kind: str) -> None:
    discriminator = load_checkpoint(FILES[kind](tmp_path / "network"), "discriminator")
    assert_same(discriminator, stylegan2_discriminator("u32"))


@pytest.mark.parametrize("name", ["t32", "r32", "t64"])
def test_stylegan3_is_read(tmp_path: Path, name: str) -> None:
    generator = stylegan3_generator(name)
    arguments = {"channel_base": 256, "magnitude_ema_beta": 0.999, "output_scale": 0.5}
    saved = nvlabs_files.persistent("Generator", generator, arguments, conv_clamp=16.0)
    loaded = load_checkpoint(nvlabs_files.write(tmp_path / "network.pkl", {"G_ema": saved}))
    assert_same(loaded, generator)
    assert loaded.config == generator.config.replace(conv_clamp=16.0, output_scale=0.5)


def test_a_bare_stylegan3_needs_no_transform(tmp_path: Path) -> None:
    generator = stylegan3_generator("r32")
    state = {name: value for name, value in generator.state_dict().items() if not name.endswith("transform")}
    loaded = load_checkpoint(save(tmp_path / "bare.pt", state))
    assert_same(loaded, generator)
    assert loaded.config == generator.config


@pytest.mark.parametrize("name", ["c32", "c64"])
def test_labels_are_read(tmp_path: Path, name: str) -> None:
    generator, discriminator = stylegan2_generator(name), stylegan2_discriminator(name)
    networks = {
        "G_ema": nvlabs_files.persistent("Generator", generator, {}, conv_clamp=generator.config.conv_clamp),
        "D": nvlabs_files.persistent("Discriminator", discriminator, {}, conv_clamp=generator.config.conv_clamp),
    }
    path = nvlabs_files.write(tmp_path / "network.pkl", networks)
    loaded, judge = load_checkpoint(path), load_checkpoint(path, "discriminator")
    assert (loaded.config, judge.config) == (generator.config, discriminator.config)
    assert_same(judge, discriminator)
    by_genforce = load_checkpoint(save(tmp_path / "ada.pth", genforce_generator(generator.state_dict())))
    z, labels = golden_latents(generator.z_dim, generator.label_size)
    assert labels is not None
    assert torch.equal(by_genforce.map(z, labels[:3]), generator.map(z, labels[:3]))


def test_a_training_run_of_rosinality(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    state = rosinality_generator(stylegan2_generator("u32").state_dict())
    judge = rosinality_discriminator(stylegan2_discriminator("u32").state_dict())
    options = argparse.Namespace(arch="stylegan2", size=32, ckpt=None)
    path = save(tmp_path / "550000.pt", {"g_ema": state, "d": judge, "args": options, "ada_aug_p": 0.0})
    generator = load_checkpoint(path)
    # The average is that of 10,000 latents; other latents have the same up to a few hundredths of the deviation.
    w = generator.map(torch.randn(2000, 16))
    assert ((generator.average_w - w.mean(dim=0)).abs() < 0.1 * w.std(dim=0)).all()
    assert torch.equal(generator.average_w, load_checkpoint(path).average_w)
    assert "it holds no average of w (latent_avg), which was computed from 10,000 latents" in caplog.text
    assert_same(load_checkpoint(path, "discriminator"), stylegan2_discriminator("u32"))


def test_a_file_from_before_noise_was_stored(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    generator = stylegan2_generator("u32")
    state = rosinality_generator(generator.state_dict())
    state = {name: value for name, value in state.items() if not name.startswith("noises.")}
    loaded = load_checkpoint(save(tmp_path / "old.pt", {"g_ema": state, "latent_avg": generator.average_w}))
    assert "it has no stored noise" in caplog.text
    ws = generator.truncate(generator.map(torch.randn(1, 16)), 1.0)
    assert torch.equal(loaded.synthesise(ws), generator.synthesise(ws, noise="none"))


@pytest.mark.parametrize("kind", FILES)
def test_a_converted_model_draws_the_same_picture(tmp_path: Path, kind: str) -> None:
    path = FILES[kind](tmp_path / "network")
    written = convert_checkpoint(path, tmp_path / "model")
    assert written[0] == tmp_path / "model" / "generator.safetensors"
    first, second = load_checkpoint(path), from_pretrained(tmp_path / "model")
    assert first.config == second.config
    z = torch.randn(2, 16)
    images = [network.synthesise(network.truncate(network.map(z), 0.7)) for network in (first, second)]
    assert torch.equal(*images)
    assert len(written) == (2 if kind in ("pickled", "genforce") else 1)


def test_a_converted_stylegan3_draws_the_same_picture(tmp_path: Path) -> None:
    path = save(tmp_path / "bare.pt", stylegan3_generator("t32").state_dict())
    convert_checkpoint(path, tmp_path / "model")
    first, second = load_checkpoint(path), from_pretrained(tmp_path / "model")
    ws = first.truncate(first.map(torch.randn(1, 16)), 0.7)
    assert first.config == second.config
    assert torch.equal(first.synthesise(ws), second.synthesise(ws))


def test_what_was_found_is_said_in_one_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    load_checkpoint(rosinality(tmp_path / "face.pt"))
    assert caplog.messages == [
        f"{tmp_path}/face.pt: StyleGAN2 in the layout of rosinality, moving average of the generator, under g_ema, 32x32"
    ]
    assert list(read_checkpoint(tmp_path / "face.pt")) == ["g_ema", "g"]


def changed(**changes: Any) -> dict[str, Any]:
    return {**stylegan2_generator("u32").state_dict(), **changes}


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"backbone.synthesis.b4.const": torch.zeros(1)}, "holds a network of EG3D, whose"),
        (
            {"mapping.embed_proj.weight": torch.zeros(1)},
            "StyleGAN-XL, whose layers are others and which is not supported",
        ),
        ({"g_ema": {"iwt.ll": torch.zeros(1), "convs.0.conv.weight": torch.zeros(1)}}, "SWAGAN"),
        ({"G_ema": {"synthesis.init.init.0.weight": torch.zeros(1)}}, "Projected GAN"),
        ({"g_ema": {"first": torch.zeros(1)}}, "StyleGAN2 or StyleGAN3 under g_ema, found 1 entries: first"),
        (changed(**{"synthesis.b8.skip.weight": torch.zeros(1)}), r"synthesis.b8.skip.weight \(1,\) is not expected"),
        (changed(**{"synthesis.b8.conv0.bias": torch.zeros(9)}), r"b8.conv0.bias should be \(12,\) but is \(9,\)"),
        (changed(**{"synthesis.b8.resample_filter": torch.ones(4, 4)}), "another low-pass filter than"),
    ],
)
def test_what_is_refused(tmp_path: Path, state: Any, message: str) -> None:
    with pytest.raises(CheckpointError, match=message) as caught:
        load_checkpoint(save(tmp_path / "network.pt", state))
    assert str(caught.value).startswith(f"{tmp_path}/network.pt") and "\n" not in str(caught.value)


def test_other_architectures_of_stylegan2_are_refused(tmp_path: Path) -> None:
    state = {name: value for name, value in changed().items() if "torgb" not in name}
    with pytest.raises(CheckpointError, match="architecture orig or resnet"):
        load_checkpoint(save(tmp_path / "network.pt", state))


@pytest.mark.parametrize(
    ("class_name", "attributes", "arguments", "message"),
    [
        ("TriPlaneGenerator", {}, {}, "EG3D"),
        ("Generator", {"head_layer_names": []}, {}, "StyleGAN-XL"),
        (
            "Generator",
            {},
            {"synthesis_kwargs": {"activation": "relu"}},
            "activation='relu', which no published face generator",
        ),
        ("Generator", {}, {"architecture": "orig"}, "architecture='orig'"),
    ],
)
def test_pickles_of_other_networks_are_refused(
    tmp_path: Path, class_name: str, attributes: Any, arguments: Any, message: str
) -> None:
    network = nvlabs_files.persistent(class_name, stylegan2_generator("u32"), arguments, conv_clamp=None, **attributes)
    with pytest.raises(CheckpointError, match=message):
        load_checkpoint(nvlabs_files.write(tmp_path / "network.pkl", {"G_ema": network}))


def test_other_filters_than_the_geometrys_are_refused(tmp_path: Path) -> None:
    state = stylegan3_generator("t32").state_dict()
    name = next(name for name in state if name.startswith("synthesis.L3_") and name.endswith("up_filter"))
    state[name] = state[name].flip(0).roll(1)
    with pytest.raises(CheckpointError, match="up_filter is another filter than a StyleGAN3 of its size has"):
        load_checkpoint(save(tmp_path / "network.pt", state))


REAL = {
    "stylegan2-ada-32.pkl": lambda: stylegan2_generator("u32"),
    "stylegan2-cond-32.pkl": lambda: stylegan2_generator("c32"),
    "stylegan2-rosinality-32.pt": lambda: stylegan2_generator("u32"),
    "stylegan2-genforce-32.pth": lambda: stylegan2_generator("u32"),
    "stylegan3-t-32.pkl": lambda: stylegan3_generator("t32"),
    "stylegan3-r-32.pkl": lambda: stylegan3_generator("r32"),
}


@pytest.mark.parametrize("name", REAL)
def test_files_that_the_makers_code_wrote(shared_dir: Path, name: str) -> None:
    assert_same(load_checkpoint(shared_dir / "golden" / name), REAL[name](), 1e-6)
