"""Tests of ohlora.finetuning.rebalancing."""

from pathlib import Path

import numpy as np
import torch

from ohlora.datasets.face_folder import FaceDataset
from ohlora.finetuning.rebalancing import LEAST_ERROR, Round
from ohlora.images.pictures import open_picture
from ohlora.images.pixels import to_arrays
from tests.ohlora.finetuning.test_run import Folders, finetune
from tests.ohlora.finetuning_models import disturb


def drawn(folders: Folders, tmp_path: Path, number: int = 0) -> Round:
    job = finetune(folders, tmp_path / "run").job
    one = Round(job, number)
    model = job.new_model()
    model.regressor.standardise(job.own_latents()[0])
    one.draw(disturb(model).eval())
    return one


def test_a_round_is_a_folder_of_labelled_faces_whose_latents_are_found_again(
    faces_and_base: Folders, tmp_path: Path
) -> None:
    one = drawn(faces_and_base, tmp_path)
    dataset = FaceDataset(one.folder)
    w, attributes, asked = one.read()
    assert len(dataset.rows) == 20 and w.shape == (20, 10) and attributes.shape == asked.shape == (20, 2)
    assert not np.isnan(asked).all(axis=1).any()
    assert (one.folder / "normalization.json").exists() and one.is_drawn
    with torch.no_grad():
        images = one.job.base.synthesise(one.job.base.truncate(w, 1.0))
    for pixels, name in zip(to_arrays(images), dataset.rows, strict=True):
        difference = np.abs(np.asarray(open_picture(dataset.path(name))).astype(int) - pixels.astype(int))
        assert difference.max() <= 1
    labels = one.job.labeller().measure(
        torch.from_numpy(np.stack(list(to_arrays(images)))).permute(0, 3, 1, 2) / 127.5 - 1
    )
    np.testing.assert_allclose(labels, attributes.numpy(), atol=0.05)


def test_other_rounds_draw_other_faces(faces_and_base: Folders, tmp_path: Path) -> None:
    first, second = (drawn(faces_and_base, tmp_path, number).read() for number in (0, 1))
    assert not np.array_equal(first[0][0].numpy(), second[0][0].numpy())


def test_errors_are_shares_of_the_range_where_a_slider_was_set(faces_and_base: Folders, tmp_path: Path) -> None:
    one = drawn(faces_and_base, tmp_path)
    dataset, (_, _, asked) = FaceDataset(one.folder), one.read()
    with dataset.writing():
        for name, values in zip(dataset.rows, asked, strict=True):
            dataset.update(name, {"hair_color": np.nan_to_num(values[0]) - 0.25, "mouth": np.nan_to_num(values[1])})
    _, attributes, asked = one.read()
    np.testing.assert_allclose(one.errors(attributes, asked), [0.25, LEAST_ERROR], atol=1e-6)
