"""Every generator holds the contract, and nobody outside of `stylegan` knows more of a generator than that."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from stylegan import GeneratorNetwork, InputError
from tests.stylegan.golden_networks import stylegan2_generator, stylegan3_generator
from tests.stylegan.networks import tiny_generator
from tests.toy_generator import ToyGenerator

ROOT = Path(__file__).parents[2]
# These make a network, and know what it is made of.
MAKERS = ("ohlora/pretraining/", "scripts/export_generator.py")
CLASSES = {"Generator", "GeneratorConfig", "build_generator", "mix_styles"}
INSIDES = {
    "a part of the network": r"\b(base|generator|network)\.(mapping|truncation|synthesis|num_layers)\b",
    "its settings": r"\b(base|generator)\.config\b|\.config\.(z_dim|w_dim|label_size|num_layers)\b",
    "a part of a part": r"\.(w_avg|dense_layers)\b",
    "a layer's name": r"""["'](base\.)(synthesis|truncation|mapping)|\b(dense|layer|output)(\d|\{\w+\}["'.])""",
    "truncation typed again": r"\+ \(\w+ - \w+\) \* \w*psi|psi \* \(",
}

GENERATORS: dict[str, Callable[[], GeneratorNetwork]] = {
    "stylegan1": tiny_generator,
    "stylegan2": lambda: stylegan2_generator("u32"),
    "stylegan3-t": lambda: stylegan3_generator("t32"),
    "stylegan3-r": lambda: stylegan3_generator("r32"),
    "toy": ToyGenerator,
}


@pytest.fixture(params=GENERATORS)
def generator(request: pytest.FixtureRequest) -> GeneratorNetwork:
    return GENERATORS[request.param]().eval()


@pytest.fixture
def w(generator: GeneratorNetwork) -> torch.Tensor:
    torch.manual_seed(0)
    return generator.map(torch.randn(3, generator.z_dim))


def test_it_is_a_generator_network(generator: GeneratorNetwork) -> None:
    assert isinstance(generator, GeneratorNetwork)
    assert isinstance(generator, torch.nn.Module)


@torch.no_grad()
def test_shapes(generator: GeneratorNetwork, w: torch.Tensor) -> None:
    ws = generator.truncate(w, 0.7)
    assert w.shape == (3, generator.w_dim)
    assert ws.shape == (3, generator.num_ws, generator.w_dim)
    assert generator.synthesise(ws).shape == (3, 3, generator.resolution, generator.resolution)
    assert generator.average_w.shape == (generator.w_dim,)
    assert generator.device == torch.device("cpu")
    assert generator.label_size == 0


def test_labels_are_read_by_a_conditional_generator() -> None:
    conditional = tiny_generator(label_size=2), ToyGenerator(label_size=2)
    for generator in conditional:
        z = torch.randn(1, generator.z_dim)
        first, second = (generator.map(z, torch.tensor([row])) for row in ([0.0, 0.0], [1.0, 0.0]))
        assert generator.label_size == 2
        assert not torch.allclose(first, second)


def test_psi_one_gives_w_to_the_bit(generator: GeneratorNetwork, w: torch.Tensor) -> None:
    expected = w[:, None].expand(-1, generator.num_ws, -1)
    assert torch.equal(generator.truncate(w, 1.0), expected)
    assert torch.equal(generator.truncate(w, torch.ones(3, 1)), expected)


@pytest.mark.parametrize("layers", [None, 1])
def test_a_number_and_a_tensor_of_psi_give_the_same_bits(
    generator: GeneratorNetwork, w: torch.Tensor, layers: int | None
) -> None:
    psi = torch.full((3, 1), 0.7)
    assert torch.equal(generator.truncate(w, 0.7, layers), generator.truncate(w, psi, layers))


def test_psi_zero_gives_the_average(generator: GeneratorNetwork, w: torch.Tensor) -> None:
    ws = generator.truncate(w, 0.0, 1)
    torch.testing.assert_close(ws[:, 0], generator.average_w.expand(3, -1))
    assert torch.equal(ws[:, 1], w)


@pytest.mark.parametrize("noise", ["stored", "none"])
@torch.no_grad()
def test_a_layers_own_features_give_the_same_picture(generator: GeneratorNetwork, w: torch.Tensor, noise: str) -> None:
    ws = generator.truncate(w, 0.7)
    expected = generator.synthesise(ws, noise=noise)
    for layer in range(generator.num_ws):
        start = (layer, generator.features(ws, layer, noise=noise))
        assert torch.equal(generator.synthesise(ws, noise=noise, start=start), expected)


@torch.no_grad()
def test_features_of_another_face_are_drawn(generator: GeneratorNetwork, w: torch.Tensor) -> None:
    ws = generator.truncate(w, 1.0)
    other = generator.features(ws.flip(0), 0)
    mixed = torch.cat([ws.flip(0)[:, :1], ws[:, 1:]], dim=1)
    assert torch.equal(generator.synthesise(ws, start=(0, other)), generator.synthesise(mixed))


def test_a_layer_that_is_none(generator: GeneratorNetwork, w: torch.Tensor) -> None:
    with pytest.raises(InputError, match=f"expected a layer from 0 to {generator.num_ws - 1}"):
        generator.features(generator.truncate(w, 1.0), generator.num_ws)


@torch.no_grad()
def test_an_appended_mapping_begins_as_the_pretrained_one(generator: GeneratorNetwork) -> None:
    mapping = generator.appended_mapping(2)
    z = torch.randn(3, generator.z_dim)
    torch.testing.assert_close(mapping(mapping.first_layer(z), torch.randn(3, 2)), generator.map(z))


@torch.no_grad()
def test_a_discriminator_judges_the_generators_images(generator: GeneratorNetwork, w: torch.Tensor) -> None:
    images = generator.synthesise(generator.truncate(w, 1.0))
    assert generator.new_discriminator(0)(images).shape == (3, 1)
    judge = generator.new_discriminator(2)
    scores = judge(images, torch.ones(3, 2))
    assert scores.shape == (3, 1)
    torch.testing.assert_close(judge(images[:1], torch.ones(1, 2)), scores[:1])


def knowledge(source: str) -> Iterator[str]:
    """Yields every place of a source text that knows more of a generator than the contract says."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        inside = [
            n
            for n in names
            if n.startswith(("stylegan.stylegan", "stylegan.layers")) or n in {f"stylegan.{c}" for c in CLASSES}
        ]
        yield from (f"{node.lineno}: imports {name}" for name in inside)
    for number, line in enumerate(source.splitlines(), start=1):
        yield from (f"{number}: {what}: {line.strip()}" for what, form in INSIDES.items() if re.search(form, line))


def test_nobody_outside_knows_more_than_the_contract() -> None:
    sources = [*(ROOT / "ohlora").rglob("*.py"), *(ROOT / "scripts").rglob("*.py")]
    names = {source: source.relative_to(ROOT).as_posix() for source in sources}
    checked = [source for source in sources if not names[source].startswith(MAKERS)]
    assert len(checked) > 50
    found = [f"{names[source]}:{place}" for source in checked for place in knowledge(source.read_text("utf-8"))]
    assert not found


@pytest.mark.parametrize(
    "line",
    [
        "from stylegan import Generator, save_pretrained",
        "from stylegan.stylegan1.mapping import MappingNetwork",
        "import stylegan.stylegan1.mapping",
        "w = self.base.mapping(z)",
        "image = network.synthesis(ws)",
        "z_dim = generator.config.z_dim",
        "average = model.truncation.w_avg",
        "model.get_submodule('base.synthesis').compile()",
        "frozen = ['base.mapping']",
        "layer = getattr(part, f'dense{index}')",
        "w = average + (w - average) * psi",
    ],
)
def test_knowledge_is_found(line: str) -> None:
    assert list(knowledge(line))


def test_the_contract_and_its_words_are_no_knowledge() -> None:
    source = "from stylegan import GeneratorNetwork\nws = base.truncate(base.map(z), psi)\nself.truncation = face.truncation\n"
    assert not list(knowledge(source))
