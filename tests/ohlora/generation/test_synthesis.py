import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import ohlora
from ohlora.datasets.face_folder import FaceDataset
from ohlora.errors import DatasetError, SettingsError
from ohlora.generation.loaded_model import LoadedModel
from ohlora.generation.recipe import read_any_recipe
from ohlora.generation.seeds import latents
from ohlora.generation.synthesis import SynthesisSettings, synthesize
from ohlora.images.pixels import to_arrays
from stylegan import Generator, GeneratorConfig


def tiny_generator(**sizes: int) -> LoadedModel[Generator]:
    torch.manual_seed(0)
    config = GeneratorConfig(resolution=16, z_dim=8, w_dim=8, mapping_dim=8, fmaps_base=64, fmaps_max=8, **sizes)
    network = Generator(config).eval()
    network.truncation.w_avg.normal_()
    return LoadedModel(network, "tiny", "0123456789ab", Path("tiny"))


@pytest.fixture(scope="module")
def generator() -> LoadedModel[Generator]:
    return tiny_generator()


def run(out: Path, generator: LoadedModel[Generator], seeds: tuple[int, ...], **changes: object) -> FaceDataset:
    synthesize(out, SynthesisSettings(seeds, **changes), generator, progress=False)  # type: ignore[arg-type]
    return FaceDataset(out)


def test_every_seed_gets_an_image_and_a_row(tmp_path: Path, generator: LoadedModel[Generator]) -> None:
    dataset = run(tmp_path, generator, (3, 0, 12345678901 % 2**32))
    assert dataset.columns == ["file_name", "seed", "model", "weights", "truncation"]
    assert list(dataset.rows) == ["seed00000003.png", "seed00000000.png", "seed3755744309.png"]
    assert dataset.rows["seed00000003.png"] == {
        "file_name": "seed00000003.png",
        "seed": "3",
        "model": "tiny",
        "weights": "0123456789ab",
        "truncation": "0.7",
    }
    with Image.open(tmp_path / "seed00000003.png") as image:
        assert image.size == (16, 16) and image.mode == "RGB"
        assert json.loads(image.info["ohlora"]) == {
            "seed": 3,
            "model": "tiny",
            "weights": "0123456789ab",
            "truncation": 0.7,
            "version": ohlora.__version__,
        }


def test_the_image_is_the_networks(tmp_path: Path, generator: LoadedModel[Generator]) -> None:
    run(tmp_path, generator, (5,), truncation=0.5)
    z = torch.from_numpy(np.random.RandomState(5).randn(1, 8)).float()
    with torch.inference_mode():
        expected = generator.network(z, truncation_psi=0.5)[0].permute(1, 2, 0).clamp(-1, 1) * 127.5 + 127.5
    np.testing.assert_array_equal(
        np.asarray(Image.open(tmp_path / "seed00000005.png")), expected.round().byte().numpy()
    )


def test_the_bytes_of_an_image_depend_on_neither_batch_nor_company(
    tmp_path: Path, generator: LoadedModel[Generator]
) -> None:
    run(tmp_path / "one", generator, tuple(range(9)), batch_size=1)
    run(tmp_path / "many", generator, tuple(range(9)), batch_size=64)
    run(tmp_path / "alone", generator, (8, 3), batch_size=2)
    for seed in (3, 8):
        images = {(tmp_path / run / f"seed{seed:08d}.png").read_bytes() for run in ("one", "many", "alone")}
        assert len(images) == 1


def test_truncation_zero_gives_everybody_the_average_face(tmp_path: Path, generator: LoadedModel[Generator]) -> None:
    run(tmp_path, generator, (0, 1), truncation=0.0)
    first, second = (np.asarray(Image.open(tmp_path / f"seed0000000{seed}.png")) for seed in (0, 1))
    np.testing.assert_array_equal(first, second)


def test_finished_images_are_kept_and_new_seeds_join_them(tmp_path: Path, generator: LoadedModel[Generator]) -> None:
    run(tmp_path, generator, (0, 1, 2))
    written = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("*.png")}
    (tmp_path / "seed00000001.png").unlink()
    summary = synthesize(tmp_path, SynthesisSettings((0, 1, 2, 3)), generator, progress=False)
    assert (summary.made, summary.kept) == (2, 2)
    for name in ("seed00000000.png", "seed00000002.png"):
        assert (tmp_path / name).stat().st_mtime_ns == written[name]
    assert FaceDataset(tmp_path).text("seed") == ["0", "1", "2", "3"]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"truncation": 1.0}, "truncation"),
        ({"truncation_layers": 2}, "truncation_layers"),
        ({"image_format": "jpeg"}, "jpeg"),
    ],
)
def test_other_settings_do_not_mix_into_a_folder(
    tmp_path: Path, generator: LoadedModel[Generator], change: dict[str, object], key: str
) -> None:
    run(tmp_path, generator, (0,))
    with pytest.raises(DatasetError, match=f"{key}.*choose another folder"):
        run(tmp_path, generator, (1,), **change)
    with pytest.raises(DatasetError, match="weights.*choose another folder"):
        run(tmp_path, replace(generator, fingerprint="ba9876543210"), (1,))
    assert FaceDataset(tmp_path).text("seed") == ["0"]


def test_images_of_the_users_own_may_lie_in_the_folder(tmp_path: Path, generator: LoadedModel[Generator]) -> None:
    (tmp_path / "metadata.csv").write_text("file_name,seed\nholiday.jpg,mustard\n")
    assert run(tmp_path, generator, (4,)).text("seed") == ["mustard", "4"]


def test_jpeg_carries_its_recipe_too(tmp_path: Path, generator: LoadedModel[Generator]) -> None:
    run(tmp_path, generator, (7,), image_format="jpeg", truncation_layers=2)
    with Image.open(tmp_path / "seed00000007.jpg") as image:
        assert image.format == "JPEG"
        key, text = image.info["comment"].decode().split(" ", 1)
    assert key == "ohlora" and json.loads(text)["truncation_layers"] == 2


def test_latents_are_those_of_all_faces_in_the_folder(tmp_path: Path, generator: LoadedModel[Generator]) -> None:
    run(tmp_path, generator, (4,))
    run(tmp_path, generator, (2, 9), keep_latents=True)
    with np.load(tmp_path / "latents.npz") as kept:
        assert kept["file_name"].tolist() == ["seed00000004.png", "seed00000002.png", "seed00000009.png"]
        assert kept["seed"].tolist() == [4, 2, 9]
        np.testing.assert_array_equal(kept["z"][1], np.random.RandomState(2).randn(8).astype(np.float32))
        with torch.inference_mode():
            w = generator.network.mapping(torch.from_numpy(kept["z"][2:]))
        np.testing.assert_allclose(kept["w"][2:], w.numpy(), rtol=1e-6)
        assert kept["w_avg"].shape == (8,)


def test_a_conditional_generator_gets_labels_of_zero(tmp_path: Path) -> None:
    assert len(run(tmp_path, tiny_generator(label_size=3), (0, 1)).rows) == 2


def test_a_generator_of_classes_draws_the_class_that_is_chosen(tmp_path: Path) -> None:
    """The picture is that of the one-hot label, and the class stands in the table and in the recipe."""
    generator = tiny_generator(label_size=5)
    rows = run(tmp_path / "two", generator, (4,), face_class=2, truncation=1.0).rows
    assert rows["seed00000004.png"]["class"] == "2"
    path = tmp_path / "two" / "seed00000004.png"
    z = torch.from_numpy(latents([4], generator.network.z_dim))
    with torch.no_grad():
        ws = generator.network.truncate(generator.network.map(z, torch.eye(5)[2:3]), 1.0)
        expected = to_arrays(generator.network.synthesise(ws))[0]
    np.testing.assert_array_equal(np.asarray(Image.open(path)), expected)
    assert read_any_recipe(path)["class"] == 2
    with pytest.raises(DatasetError, match="class '2', and this run has '3'"):
        run(tmp_path / "two", generator, (5,), face_class=3, truncation=1.0)


@pytest.mark.parametrize(
    ("label_size", "face_class", "message"),
    [
        (5, None, "draws 5 classes of pictures; choose one with --class, 0 to 4"),
        (5, 5, "a class from 0 to 4, got 5"),
        (0, 1, "no class for a generator without classes, got 1"),
    ],
)
def test_classes_that_a_generator_does_not_draw(
    tmp_path: Path, label_size: int, face_class: int | None, message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        run(tmp_path / "out", tiny_generator(label_size=label_size), (0,), face_class=face_class)
    assert not (tmp_path / "out").exists()


def test_low_precision_is_noted_in_the_table(tmp_path: Path, generator: LoadedModel[Generator]) -> None:
    dataset = run(tmp_path, generator, (0,), precision=torch.bfloat16)
    assert dataset.text("precision") == ["bfloat16"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"seeds": ()}, "at least one seed"),
        ({"truncation": 7.0}, "truncation from -2 to 2"),
        ({"truncation": float("nan")}, "truncation from -2 to 2"),
        ({"image_format": "gif"}, "png or jpeg, got 'gif'"),
        ({"batch_size": 0}, "batch size of at least 1"),
    ],
)
def test_impossible_settings_are_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        SynthesisSettings(**{"seeds": (0,), **settings})  # type: ignore[arg-type]


def test_a_full_disk_is_an_error_with_a_name_and_keeps_what_is_done(
    tmp_path: Path, generator: LoadedModel[Generator], monkeypatch: pytest.MonkeyPatch
) -> None:
    import ohlora.generation.recipe as module

    def fill_up(path: Path, data: bytes) -> None:
        if "00000002" in path.name:
            raise OSError(28, "No space left on device")
        path.write_bytes(data)

    monkeypatch.setattr(module, "write_bytes", fill_up)
    with pytest.raises(DatasetError, match=r"cannot write .*seed00000002\.png.*No space left"):
        run(tmp_path, generator, tuple(range(5)), batch_size=1)
    assert FaceDataset(tmp_path).text("seed")[:2] == ["0", "1"]
