import numpy as np
import pytest
import torch
from PIL import Image

from segmentation import FaceParser, MissingModelError, SegmentationError, register_backend
from segmentation.backends import BACKENDS
from segmentation.parsed_face import no_face


class CountingBackend:
    """Finds no face and remembers the sizes of the batches."""

    name = "counting"
    heads = ("segmentation", "age")

    def __init__(self):
        self.batches = []

    def prepare(self, picture):
        return picture

    def parse(self, pictures, heads):
        self.batches.append(len(pictures))
        return [no_face(picture, "not looked for") for picture in pictures]


def test_one_result_for_each_image(parser_folder, tmp_path):
    Image.new("RGB", (30, 20)).save(tmp_path / "a.png")
    parser = FaceParser.from_pretrained(parser_folder)
    faces = parser([tmp_path / "a.png", np.zeros((8, 9, 3), np.uint8), torch.zeros(2, 3, 16, 16)])
    assert [face.image_size for face in faces] == [(30, 20), (9, 8), (16, 16), (16, 16)]
    assert all(face.found and face.label_map.shape == (224, 224) for face in faces)


def test_a_single_image_needs_no_list(parser_folder):
    assert len(FaceParser.from_pretrained(str(parser_folder))(Image.new("RGB", (16, 16)))) == 1


def test_batches():
    backend = CountingBackend()
    assert len(FaceParser(backend)(torch.zeros(7, 3, 8, 8), batch_size=3)) == 7
    assert backend.batches == [3, 3, 1]


def test_no_images_give_no_results():
    assert FaceParser(CountingBackend())([]) == []


def test_results_come_batch_by_batch(tmp_path):
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    results = FaceParser(CountingBackend()).iterate([tmp_path / "a.png", tmp_path / "missing.png"], batch_size=1)
    assert next(results).reason == "not looked for"


def test_batch_size_does_not_change_the_label_maps(parser_folder):
    parser = FaceParser.from_pretrained(parser_folder)
    images = torch.rand(5, 3, 16, 16, generator=torch.Generator().manual_seed(3)) * 2 - 1
    for one, many in zip(parser(images, batch_size=1), parser(images, batch_size=5), strict=True):
        assert (one.label_map == many.label_map).mean() > 0.999
        assert one.gender == pytest.approx(many.gender, abs=1e-5)


def test_prepared_images_give_the_same_results(parser_folder):
    parser = FaceParser.from_pretrained(parser_folder)
    picture = Image.effect_noise((30, 20), 60).convert("RGB")
    (direct,), (prepared,) = parser(picture), parser([parser.prepare(picture)])
    assert (prepared.label_map == direct.label_map).all()
    assert (prepared.box, prepared.image_size) == (direct.box, direct.image_size) == ((0, -5, 30, 25), (30, 20))


def test_heads_and_batch_size_are_checked():
    parser = FaceParser(CountingBackend())
    with pytest.raises(SegmentationError, match="of the parser `counting`: segmentation, age"):
        parser([], heads=("race",))
    with pytest.raises(SegmentationError, match="batch_size"):
        parser([], batch_size=0)


def test_unknown_names():
    with pytest.raises(SegmentationError, match="expected one of portraits, facexformer"):
        FaceParser.from_pretrained("bisenet")


def test_weights_outside_the_package_are_asked_for(tmp_path, mtcnn_weights):
    with pytest.raises(MissingModelError, match="give weights and detector_weights"):
        FaceParser.from_pretrained("facexformer")
    with pytest.raises(MissingModelError, match="expected FaceXFormer's checkpoint at .*, found no such file"):
        FaceParser.from_pretrained("facexformer", weights=tmp_path / "model.pt", detector_weights=mtcnn_weights)


def test_own_backends_join_by_name(monkeypatch):
    monkeypatch.setattr("segmentation.backends.registry.BACKENDS", dict(BACKENDS))
    register_backend("counting", lambda options: CountingBackend())
    assert FaceParser.from_pretrained("counting").name == "counting"
    with pytest.raises(SegmentationError, match="exists already"):
        register_backend("counting", lambda options: CountingBackend())
