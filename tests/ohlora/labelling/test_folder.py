from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ohlora.datasets.face_folder import FaceDataset
from ohlora.datasets.filtering import FilterSettings, select, write_filtered
from ohlora.errors import DatasetError, OhloraError, SettingsError
from ohlora.labelling.attributes import ATTRIBUTES, AttributeRange
from ohlora.labelling.folder import label, label_map_picture
from ohlora.labelling.normalization import Column, Normalizer
from ohlora.labelling.settings import LabelSettings
from ohlora.labelling.summary import LabelSummary
from segmentation import FaceParser, ParsedFace
from segmentation.classes import CLASS_COLORS
from segmentation.parsed_face import no_face


class DrawnFaces:
    """A parser for pictures of one grey: the brighter, the wider the mouth; black ones have no face, white ones no hair.

    Grey 1 is like no portrait: one eye lies outside the face.
    """

    heads = ("segmentation", "gender")

    def __init__(self, name: str = "portraits") -> None:
        self.name = name
        self.parsed: list[int] = []

    def prepare(self, picture: Image.Image) -> Image.Image:
        return picture

    def parse(self, pictures: Sequence[Image.Image], heads: Collection[str]) -> list[ParsedFace]:
        return [self._parse(picture) for picture in pictures]

    def _parse(self, picture: Image.Image) -> ParsedFace:
        grey = int(np.asarray(picture)[0, 0, 0])
        self.parsed.append(grey)
        if grey == 0:
            return no_face(picture, "no face found")
        label_map = np.zeros((224, 224), np.uint8)
        label_map[40:190, 40:190] = 1
        label_map[8:40] = 0 if grey == 255 else 10
        label_map[66:70, 58:82], label_map[66:70, 138:162] = 2, 3
        label_map[80:85, 60:80], label_map[80:85, 140:160] = 4, 5
        if grey == 1:
            label_map[80:85, 60:80], label_map[80:85, 4:24] = 1, 4
        label_map[100:140, 100:120], label_map[120:140, 120:125] = 6, 6
        half = 1 + grey // 20
        label_map[160 - half : 160, 90:130], label_map[160 : 160 + half, 90:130] = 8, 8
        label_map[150 - half : 160 - half, 90:130], label_map[160 + half : 170 + half, 90:130] = 7, 9
        crop = np.full((224, 224, 3), grey, np.uint8)
        return ParsedFace(label_map, crop, (0.0, 0.0, 10.0, 10.0), picture.size, gender=grey / 255)


def write_greys(folder: Path, greys: Sequence[int]) -> None:
    folder.mkdir(exist_ok=True)
    for index, grey in enumerate(greys):
        Image.new("RGB", (10, 10), (grey,) * 3).save(folder / f"{index}.png")


def run(folder: Path, parser: DrawnFaces | None = None, *, progress: bool = False, **settings: object) -> LabelSummary:
    backend = parser or DrawnFaces()
    return label(
        folder,
        LabelSettings(**{"parser": backend.name, "batch_size": 2, **settings}),  # type: ignore[arg-type]
        FaceParser(backend),
        progress=progress,
    )


def test_images_without_a_table_get_one_with_scores_and_attributes(tmp_path: Path) -> None:
    write_greys(tmp_path, (20, 120, 220))
    summary = run(tmp_path)
    dataset = FaceDataset(tmp_path)
    names = [*(f"score_{name}" for name in ATTRIBUTES), *ATTRIBUTES]
    rest = ["parser", "scores_version", "gender_source", "face_box", "missing", "warning"]
    assert dataset.columns == ["file_name", *names, *rest]
    # Normalised by the smallest and the largest of the three.
    np.testing.assert_allclose(dataset.numbers("score_gender"), np.round(np.array([20, 120, 220]) / 255, 6))
    np.testing.assert_allclose(dataset.numbers("hair_color"), [0, 0.5, 1])
    # Probabilities stay what they are.
    np.testing.assert_allclose(dataset.numbers("gender"), np.round(np.array([20, 120, 220]) / 255, 6))
    assert dataset.numbers("mouth")[0] == 0 and dataset.numbers("mouth")[2] == 1
    assert (dataset.numbers("score_hair_color") == [20, 120, 220]).all()
    assert dataset.text("parser") == ["portraits"] * 3 and dataset.text("scores_version") == ["v3"] * 3
    assert dataset.text("gender_source") == ["portraits gender head"] * 3
    assert dataset.text("face_box") == ["0.0 0.0 10.0 10.0"] * 3
    assert (summary.made, summary.kept, summary.unreadable, summary.faceless) == (3, 0, 0, 0)


def test_the_saved_normalisation_leads_from_attributes_back_to_scores(tmp_path: Path) -> None:
    write_greys(tmp_path, (20, 120, 220))
    run(tmp_path)
    dataset = FaceDataset(tmp_path)
    normalizer = Normalizer.load(tmp_path / "normalization.json")
    for name in ("gender", "mouth", "hair_color"):
        scores = normalizer.invert({name: dataset.numbers(name)})[name]
        np.testing.assert_allclose(scores, dataset.numbers(f"score_{name}"), rtol=1e-6)


def test_what_is_missing_has_a_reason_and_no_invented_number(tmp_path: Path) -> None:
    write_greys(tmp_path, (20, 0, 255, 220))
    (tmp_path / "4.jpg").write_bytes(b"\xff\xd8\xff broken")
    summary = run(tmp_path)
    dataset = FaceDataset(tmp_path)
    nothing, faceless, hairless, _, broken = dataset.text("missing")
    assert nothing == ""
    assert faceless == "face: no face found"
    assert hairless.startswith("hair_color: ")
    assert broken.startswith("image: ")
    assert np.isnan(dataset.numbers("score_hair_color")).tolist() == [False, True, True, False, True]
    assert np.isnan(dataset.numbers("hair_color")).tolist() == [False, True, True, False, True]
    assert np.isnan(dataset.numbers("mouth")).tolist() == [False, True, False, False, True]
    assert (summary.made, summary.unreadable, summary.faceless) == (5, 1, 1)
    assert summary.missing["hair_color"] == 3 and summary.missing["mouth"] == 2
    assert any("hair_color 3" in line for line in summary.lines())


def test_a_folder_in_which_nothing_has_a_face_is_labelled_too(tmp_path: Path) -> None:
    write_greys(tmp_path, (0, 0))
    assert run(tmp_path).faceless == 2
    assert np.isnan(FaceDataset(tmp_path).numbers("eyes")).all()


def test_a_second_run_repeats_nothing_but_what_could_not_be_read(tmp_path: Path) -> None:
    write_greys(tmp_path, (20, 120, 0))
    (tmp_path / "3.png").write_bytes(b"broken")
    run(tmp_path)
    write_greys(tmp_path / "sub", (60,))
    Image.new("RGB", (10, 10), (90,) * 3).save(tmp_path / "3.png")
    parser = DrawnFaces()
    summary = run(tmp_path, parser)
    assert sorted(parser.parsed) == [60, 90] and (summary.made, summary.kept) == (2, 3)
    assert list(FaceDataset(tmp_path).rows) == ["0.png", "1.png", "2.png", "3.png", "sub/0.png"]
    assert FaceDataset(tmp_path).text("missing")[3] == ""


def test_other_scores_or_another_parser_label_again(tmp_path: Path) -> None:
    write_greys(tmp_path, (20, 120))
    run(tmp_path)
    assert run(tmp_path, scores="v1").made == 2
    assert run(tmp_path, DrawnFaces("facexformer"), scores="v1").made == 2
    assert FaceDataset(tmp_path).text("parser") == ["facexformer"] * 2
    assert run(tmp_path, DrawnFaces("facexformer"), scores="v1").made == 0
    assert run(tmp_path, DrawnFaces("facexformer"), scores="v1", overwrite=True).made == 2


def test_stopped_runs_leave_scores_without_attributes_and_go_on(tmp_path: Path) -> None:
    write_greys(tmp_path, (20, 60, 120, 160, 220))

    class Stopped(DrawnFaces):
        def parse(self, pictures: Sequence[Image.Image], heads: Collection[str]) -> list[ParsedFace]:
            if len(self.parsed) == 2:
                raise KeyboardInterrupt
            return super().parse(pictures, heads)

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, Stopped())
    halfway = FaceDataset(tmp_path)
    assert len(halfway.rows) == 2 and np.isnan(halfway.numbers("mouth")).all()
    parser = DrawnFaces()
    assert run(tmp_path, parser).kept == 2 and parser.parsed == [120, 160, 220]
    assert not np.isnan(FaceDataset(tmp_path).numbers("mouth")).any()


def test_quantile_bounds_are_refitted_without_parsing_again(tmp_path: Path) -> None:
    write_greys(tmp_path, range(20, 240, 20))
    run(tmp_path)
    parser = DrawnFaces()
    run(tmp_path, parser, bounds="quantile")
    assert parser.parsed == [] and Normalizer.load(tmp_path / "normalization.json").bounds == "quantile"


def test_a_saved_normalisation_is_applied_and_kept_beside(tmp_path: Path) -> None:
    write_greys(tmp_path / "first", (20, 120, 220))
    write_greys(tmp_path / "second", (120, 240))
    run(tmp_path / "first")
    run(tmp_path / "second", normalization=tmp_path / "first" / "normalization.json")
    # 120 is in the middle of the first folder's hair colours, and 240 beyond their end.
    np.testing.assert_allclose(FaceDataset(tmp_path / "second").numbers("hair_color"), [0.5, 1.0])
    saved = [(tmp_path / folder / "normalization.json").read_text() for folder in ("first", "second")]
    assert saved[0] == saved[1]
    with pytest.raises(OhloraError, match="no normalisation at"):
        run(tmp_path / "second", normalization=tmp_path / "nowhere.json")


@pytest.mark.parametrize("bounds", ["minmax", "quantile"])
def test_a_folder_of_men_stays_one_of_men(tmp_path: Path, bounds: str) -> None:
    write_greys(tmp_path, (2, 5, 10))
    run(tmp_path, bounds=bounds)
    np.testing.assert_allclose(FaceDataset(tmp_path).numbers("gender"), np.round(np.array([2, 5, 10]) / 255, 6))


def test_bounds_of_probabilities_that_were_stretched_are_not_taken_over(tmp_path: Path) -> None:
    write_greys(tmp_path / "faces", (51, 102))
    old = {
        "gender": Column(AttributeRange("gender", 0.0, 1.0), 0.2, 0.4, 2),
        "hair_color": Column(AttributeRange("hair_color", 0.0, 1.0), 0.0, 204.0, 2),
    }
    Normalizer(old, "minmax", (0.0, 1.0)).save(tmp_path / "old.json")
    run(tmp_path / "faces", normalization=tmp_path / "old.json")
    dataset = FaceDataset(tmp_path / "faces")
    np.testing.assert_allclose(dataset.numbers("gender"), [0.2, 0.4])
    np.testing.assert_allclose(dataset.numbers("hair_color"), [0.25, 0.5])


def test_a_choice_of_faces_keeps_its_bounds_unless_asked(tmp_path: Path) -> None:
    faces, out = tmp_path / "faces", tmp_path / "dark"
    write_greys(faces, (20, 60, 120, 220))
    run(faces)
    dataset = FaceDataset(faces)
    write_filtered(dataset, select(dataset, "hair_color < 0.6"), FilterSettings(out))
    summary = run(out)
    # (s - 20) / 200 as in the whole folder
    np.testing.assert_allclose(FaceDataset(out).numbers("hair_color"), [0.0, 0.2, 0.5])
    assert any("ohlora filter brought along" in line for line in summary.lines())
    before = FaceDataset(out).rows
    summary = run(out, bounds="minmax")
    np.testing.assert_allclose(FaceDataset(out).numbers("hair_color"), [0.0, 0.4, 1.0])
    after = FaceDataset(out).rows
    moved = sum(any(after[name][a] != before[name][a] for a in ATTRIBUTES) for name in after)
    assert moved >= 2  # all but, perhaps, the darkest face, which is at the end of both ranges
    assert any(f"changed the attributes of {moved} images labelled earlier" in line for line in summary.lines())
    assert run(out, scores="v1").notes == []  # bounds of other scores are fitted, not kept


def test_labelling_again_says_what_it_replaces(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_greys(tmp_path, (20, 120))
    run(tmp_path)
    run(tmp_path, scores="v1", progress=True)
    assert "replaces the labels of 2 images: parser portraits, scores v3; now parser portraits, scores v1" in (
        capsys.readouterr().err
    )
    run(tmp_path, scores="v1", progress=True)
    assert "replaces" not in capsys.readouterr().err


def test_label_maps_hold_class_ids_and_lie_beside_the_images(tmp_path: Path) -> None:
    write_greys(tmp_path / "faces", (20,))
    Image.new("RGB", (10, 10), (120,) * 3).save(tmp_path / "faces" / "0.jpg")
    summary = run(tmp_path / "faces", label_maps=True, overlays=True)
    folder = tmp_path / "faces.labels"
    for kind in ("label_maps", "overlays"):
        assert sorted(path.name for path in (folder / kind).iterdir()) == ["0.jpg.png", "0.png"]
    with Image.open(folder / "label_maps" / "0.png") as picture:
        ids = np.asarray(picture)
        colors = np.asarray(picture.convert("RGB"))
    assert ids.shape == (224, 224) and ids[100, 110] == 6
    np.testing.assert_array_equal(colors[100, 110], CLASS_COLORS[6])
    assert summary.files[1:] == [folder.resolve() / "label_maps", folder.resolve() / "overlays"]


def test_label_maps_can_be_asked_for_later(tmp_path: Path) -> None:
    write_greys(tmp_path / "faces", (20, 120))
    run(tmp_path / "faces")
    assert run(tmp_path / "faces", label_maps=True).made == 2
    (tmp_path / "faces.labels" / "label_maps" / "1.png").unlink()
    assert run(tmp_path / "faces", label_maps=True).made == 1


def test_photographs_get_one_warning_from_the_portraits_parser(tmp_path: Path) -> None:
    write_greys(tmp_path, (20, 120, 220))
    (tmp_path / "metadata.csv").write_text("file_name,seed,model\n0.png,0,portraits\n1.png,0,celeba.pth\n")
    (warning,) = run(tmp_path).warnings
    assert "2 of these images" in warning and "--parser facexformer" in warning and "illustrated" in warning
    assert run(tmp_path).warnings == []
    assert run(tmp_path, DrawnFaces("facexformer")).warnings == []


def test_a_column_of_the_users_own_is_not_written_over(tmp_path: Path) -> None:
    write_greys(tmp_path, (20,))
    (tmp_path / "metadata.csv").write_text("file_name,gender\n0.png,woman\n")
    with pytest.raises(DatasetError, match="its own column 'gender'.*rename it"):
        run(tmp_path)
    assert (tmp_path / "metadata.csv").read_text() == "file_name,gender\n0.png,woman\n"


def test_other_columns_are_kept(tmp_path: Path) -> None:
    write_greys(tmp_path, (20,))
    (tmp_path / "metadata.csv").write_text("photographer,file_name\nA. N.,0.png\n")
    run(tmp_path)
    assert FaceDataset(tmp_path).text("photographer") == ["A. N."]


def test_rows_without_a_file_say_so(tmp_path: Path) -> None:
    write_greys(tmp_path, (20,))
    (tmp_path / "metadata.csv").write_text("file_name\ngone.png\n0.png\n")
    run(tmp_path)
    assert FaceDataset(tmp_path).text("missing") == ["image: no such file", ""]


def test_an_empty_folder_names_the_command_that_fills_it(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="found none; ohlora synthesize"):
        run(tmp_path)


def test_impossible_settings_are_refused() -> None:
    with pytest.raises(SettingsError, match="minmax, quantile, got 'mean'"):
        LabelSettings(bounds="mean")
    with pytest.raises(SettingsError, match="v1, v2, v3, got 'v9'"):
        LabelSettings(scores="v9")
    with pytest.raises(SettingsError, match="batch size"):
        LabelSettings(batch_size=0)


def test_a_label_map_survives_as_a_picture(tmp_path: Path) -> None:
    label_map = np.random.default_rng(0).integers(0, 11, (30, 20)).astype(np.uint8)
    label_map_picture(label_map).save(tmp_path / "map.png")
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "map.png")), label_map)


def test_the_documentation_names_every_column(tmp_path: Path) -> None:
    write_greys(tmp_path, (20,))
    run(tmp_path)
    text = (Path(__file__).parents[3] / "docs" / "dataset.md").read_text(encoding="utf-8")
    for column in FaceDataset(tmp_path).columns:
        assert f"`{column.removeprefix('score_')}`" in text, column


def test_what_is_not_like_a_portrait_gets_no_numbers_unless_asked(tmp_path: Path) -> None:
    write_greys(tmp_path, (20, 1, 220))
    summary = run(tmp_path)
    dataset = FaceDataset(tmp_path)
    assert dataset.text("missing") == ["", "face: not like a portrait", ""]
    assert np.isnan(dataset.numbers("score_mouth")).tolist() == [False, True, False]
    assert "1 image not like a portrait: 1.png; --all-faces keeps what was measured" in summary.lines()
    assert run(tmp_path).made == 0
    summary = run(tmp_path, all_faces=True)
    assert (summary.made, list(summary.implausible_images)) == (1, [])
    assert not np.isnan(FaceDataset(tmp_path).numbers("score_mouth")).any()
    # FaceXFormer looks for a face itself.
    run(tmp_path, DrawnFaces("facexformer"))
    assert FaceDataset(tmp_path).text("missing") == ["", "", ""]


def test_the_warning_stands_in_the_rows_that_it_is_about(tmp_path: Path) -> None:
    write_greys(tmp_path, (20, 120, 220))
    recipe = PngInfo()
    recipe.add_text("ohlora", '{"model": "portraits", "weights": "0123456789ab", "seed": 7}')
    Image.new("RGB", (10, 10), (60,) * 3).save(tmp_path / "copied.png", pnginfo=recipe)
    (tmp_path / "notes.png").write_text("no picture")
    (tmp_path / "metadata.csv").write_text("file_name,seed,model\n0.png,0,portraits\n1.png,0,celeba.pth\n")
    (warning,) = run(tmp_path).warnings
    assert "and 2 of these images may be something else" in warning  # 1.png and 2.png
    rows = FaceDataset(tmp_path).rows
    assert [name for name, row in rows.items() if row["warning"]] == ["1.png", "2.png"]
    run(tmp_path, DrawnFaces("facexformer"))
    assert set(FaceDataset(tmp_path).text("warning")) == {""}


def test_images_that_were_taken_away_are_marked_and_count_for_nothing(tmp_path: Path) -> None:
    write_greys(tmp_path, (20, 120, 220))
    run(tmp_path)
    (tmp_path / "2.png").unlink()
    summary = run(tmp_path)
    dataset = FaceDataset(tmp_path)
    assert dataset.text("missing") == ["", "", "image: no such file"] and list(summary.absent_images) == ["2.png"]
    assert "1 image of the table not in the folder any more: 2.png" in summary.lines()
    assert not any("missing: nothing" in line for line in summary.lines())
    np.testing.assert_allclose(dataset.numbers("hair_color"), [0, 1, np.nan])  # of 20..220 before
    Image.new("RGB", (10, 10), (220,) * 3).save(tmp_path / "2.png")
    assert run(tmp_path).made == 1 and FaceDataset(tmp_path).text("missing") == [""] * 3


def test_unreadable_images_are_named(tmp_path: Path) -> None:
    write_greys(tmp_path, (20,))
    for name in "abcdefg":
        (tmp_path / f"{name}.gif").write_bytes(b"no picture")
    lines = run(tmp_path).lines()
    assert "7 images that cannot be read: a.gif, b.gif, c.gif, d.gif, e.gif and 2 more" in lines


def test_precisions_do_not_mix_in_one_table(tmp_path: Path) -> None:
    write_greys(tmp_path, (20, 120))
    run(tmp_path)
    assert "parser_precision" not in FaceDataset(tmp_path).columns
    assert run(tmp_path, precision="bf16").made == 2
    assert FaceDataset(tmp_path).text("parser_precision") == ["bf16"] * 2
    assert run(tmp_path, precision="bf16").made == 0
    assert run(tmp_path).made == 2 and FaceDataset(tmp_path).text("parser_precision") == [""] * 2


def test_an_empty_folder_stays_empty(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="found none"):
        run(tmp_path)
    assert list(tmp_path.iterdir()) == []
