from pathlib import Path

import numpy as np
import pytest
import torch

from ohlora.errors import SettingsError
from ohlora.generation.drawing import FaceDrawer
from ohlora.generation.face_generator import FaceGenerator
from ohlora.generation.loaded_model import load_with_sliders, load_without_sliders
from ohlora.generation.synthesis import SynthesisSettings, synthesize
from ohlora.images.pictures import open_picture
from ohlora.sliders.conditional import ConditionalGenerator
from ohlora.studio.engine import Engine
from ohlora.studio.faces import Face
from stylegan import Generator, GeneratorConfig

SIZES = {"z_dim": 8, "w_dim": 8, "mapping_dim": 8, "fmaps_base": 64, "fmaps_max": 8}


@pytest.fixture(scope="module")
def network() -> Generator:
    torch.manual_seed(0)
    network = Generator(GeneratorConfig(resolution=16, **SIZES)).eval()
    network.truncation.w_avg.normal_()
    return network


def as_on_a_gpu(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """What a GPU does, on a CPU: neighbours are computed together."""
    monkeypatch.setattr(FaceDrawer, "group_size", size)


def test_a_group_is_drawn_from_the_z_of_its_seeds(network: Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    as_on_a_gpu(monkeypatch, 4)
    images = FaceDrawer(network).draw_group(2, {}, truncation=0.5)
    z = np.concatenate([np.random.RandomState(seed).randn(1, 8) for seed in range(8, 12)]).astype(np.float32)
    with torch.inference_mode():
        expected = network(torch.from_numpy(z), truncation_psi=0.5).clamp(-1, 1) * 127.5 + 127.5
    assert images.shape == (4, 16, 16, 3) and images.dtype == np.uint8
    np.testing.assert_array_equal(images, expected.round().byte().permute(0, 2, 3, 1).numpy())


def test_groups_of_seeds_are_the_same_whichever_are_asked_for(
    network: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_on_a_gpu(monkeypatch, 8)
    drawer = FaceDrawer(network)
    whole = list(drawer.draw(range(20)))
    assert len(whole) == 20 and drawer.ordered((17, 3, 16, 4)) == [0, 2, 1, 3]
    for seed, pixels in zip((17, 3, 16), drawer.draw((17, 3, 16)), strict=True):
        np.testing.assert_array_equal(pixels, whole[seed])


def test_a_face_with_sliders_does_not_depend_on_its_company(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    model = ConditionalGenerator(Generator(GeneratorConfig(resolution=16, **SIZES)), ["mouth", "pose"]).eval()
    as_on_a_gpu(monkeypatch, 8)
    drawer = FaceDrawer(model)
    mouth = np.array([0.0, 0.5, 0.5, 1.0])
    together = list(drawer.draw([3, 3, 11, 3], {"mouth": mouth}))
    for seed, value, pixels in zip([3, 3, 11, 3], mouth, together, strict=True):
        np.testing.assert_array_equal(pixels, next(drawer.draw([seed], {"mouth": np.array([value])})))


def test_what_cannot_be_drawn_is_said(network: Generator) -> None:
    model = ConditionalGenerator(Generator(GeneratorConfig(resolution=16, **SIZES)), ["mouth"]).eval()
    with pytest.raises(SettingsError, match="truncation from -2 to 2"):
        next(FaceDrawer(network).draw([0], truncation=7.0))
    with pytest.raises(SettingsError, match="no truncation_layers"):
        next(FaceDrawer(model).draw([0], truncation_layers=2))
    with pytest.raises(SettingsError, match="no slider is called 'nose'"):
        next(FaceDrawer(model).draw([0], {"nose": np.array([0.5])}))
    assert FaceDrawer(network).read(0, 0.7) == {}


def test_every_way_to_an_unmoved_face_is_the_same_to_the_bit(tmp_path: Path) -> None:
    seeds = tuple(range(24))
    settings = SynthesisSettings(seeds, truncation=0.7)
    synthesize(tmp_path / "without", settings, load_without_sliders("portraits"), progress=False)
    synthesize(tmp_path / "with", settings, load_with_sliders("portraits"), progress=False)
    expected = [np.asarray(open_picture(tmp_path / "without" / settings.file_name(seed))) for seed in seeds]
    for seed, pixels in zip(seeds, expected, strict=True):
        np.testing.assert_array_equal(open_picture(tmp_path / "with" / settings.file_name(seed)), pixels)
    # The other two are thin layers over the same drawer; a few seeds tell whether they use it.
    generator = FaceGenerator.from_pretrained("portraits", device="cpu")
    engine = Engine(generator)
    for seed in seeds[:3]:
        np.testing.assert_array_equal(generator.generate(seed, truncation=0.7), expected[seed])
        np.testing.assert_array_equal(engine.draw(Face(seed, 0.7)), expected[seed])
    engine.close()


@pytest.mark.gpu
def test_groups_on_a_gpu_are_repeatable(network: Generator) -> None:
    drawer = FaceDrawer(network.to("cuda"))
    assert drawer.group_size == 8
    first, second = (drawer.draw_group(1, {}, 0.7) for _ in range(2))
    network.to("cpu")
    np.testing.assert_array_equal(first, second)
