import threading

import numpy as np
import pytest
import torch

from ohlora.errors import OhloraError, SettingsError
from ohlora.generation.face_generator import FaceGenerator
from ohlora.generation.loaded_model import LoadedModel
from ohlora.labelling.labeller import Labeller
from ohlora.studio.engine import Engine
from ohlora.studio.faces import Face
from segmentation import FaceParser
from tests.ohlora.studio.painted import MOUTH, PaintedModel


def test_the_picture_is_the_generators(engine: Engine, painted: FaceGenerator) -> None:
    picture = painted.generate(3, truncation=0.5, mouth=0.75)
    np.testing.assert_array_equal(engine.draw(Face(3, 0.5, {"mouth": 0.75})), np.asarray(picture))
    assert engine.own(Face(3, 0.5)) == painted.read(3, truncation=0.5)


def test_a_slider_changes_its_place_alone(engine: Engine) -> None:
    before, after = engine.draw(Face(3, moved={"mouth": 0.0})), engine.draw(Face(3, moved={"mouth": 1.0}))
    changed = (before != after).any(axis=2)
    assert changed[MOUTH].all()
    changed[MOUTH] = False
    assert not changed.any()


def test_what_is_measured_is_the_labellers(engine: Engine, painted: FaceGenerator, parser: FaceParser) -> None:
    model = painted.loaded.network
    assert model.normalizer is not None
    pixels = engine.draw(Face(3))
    image = torch.from_numpy(pixels).permute(2, 0, 1)[None] / 127.5 - 1.0
    expected = Labeller(parser, model.normalizer, ("mouth", "pose")).measure(image)[0]
    measured = engine.measure(pixels)
    assert measured is not None and list(measured) == ["mouth", "pose"]
    np.testing.assert_array_equal(list(measured.values()), expected)


def test_without_a_normalisation_nothing_is_measured(painted: FaceGenerator, parser: FaceParser) -> None:
    model = PaintedModel()
    model.normalizer = None
    named = painted.loaded
    engine = Engine(FaceGenerator(LoadedModel(model, named.name, named.fingerprint, named.folder)), parser)
    assert not engine.measures and engine.measure(engine.draw(Face())) is None
    engine.close()


def test_a_normalisation_that_lacks_a_slider_is_told(painted: FaceGenerator, parser: FaceParser) -> None:
    model = PaintedModel()
    assert model.normalizer is not None
    del model.normalizer.columns["pose"]  # type: ignore[attr-defined]
    with pytest.raises(OhloraError, match="cannot be measured: expected bounds of 'pose'"):
        Engine(FaceGenerator(LoadedModel(model, "painted", "", painted.loaded.folder)), parser)


def test_sliders_beyond_their_range_are_refused(engine: Engine) -> None:
    with pytest.raises(SettingsError, match="mouth from 0 to 1, got 1.5"):
        engine.draw(Face(1, moved={"mouth": 1.5}))


def test_one_thread_draws_for_everybody(painted: FaceGenerator) -> None:
    threads = set()

    class Watched(PaintedModel):
        def edit(self, *arguments: object, **options: object) -> torch.Tensor:
            threads.add(threading.get_ident())
            return super().edit(*arguments, **options)  # type: ignore[arg-type]

    engine = Engine(FaceGenerator(LoadedModel(Watched(), "watched", "", painted.loaded.folder)))
    visitors = [threading.Thread(target=engine.draw, args=(Face(seed),)) for seed in range(4)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    assert len(threads) == 1 and threading.get_ident() not in threads
    engine.close()
