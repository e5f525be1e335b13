"""Which pictures show what, from every source there is."""

import json

import numpy as np
import pytest
from PIL import Image

from actiscope import AnnotationError, ArgumentError, Box
from actiscope.studies import BoxRegion, MaskRegion, read_examples
from actiscope.studies.concepts.regions import CELLS


@pytest.fixture
def place(tmp_path):
    """Three pictures of 40 rows and 80 columns in `set`."""
    for name in ("hat-1.jpg", "hat-2.jpg", "shoes-1.jpg"):
        picture(tmp_path / "set" / name)
    return tmp_path


def picture(path, size=(40, 80)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size[::-1]).save(path)


def mask(path, box, size=(20, 40)):
    path.parent.mkdir(parents=True, exist_ok=True)
    marked = np.zeros(size, np.uint8)
    if box is not None:
        marked[box[0] : box[2], box[1] : box[3]] = 7
    Image.fromarray(marked).save(path)


def write(path, text):
    path.write_text(text if isinstance(text, str) else json.dumps(text), encoding="utf-8")
    return path


def shown(found):
    return {each.name: sorted(each.concepts) for each in found.examples}


def area(found, name, concept):
    (example,) = (each for each in found.examples if each.name == name)
    return example.concepts[concept].on_grid((40, 80)).mean()


def test_the_word_before_the_first_dash_of_a_name_is_the_concept(place):
    found = read_examples(place / "set")
    assert found.counts == {"hat": 2, "shoes": 1}
    assert shown(found)["shoes-1.jpg"] == ["shoes"]
    assert "names of the files" in found.source


def test_a_pattern_finds_the_concept_elsewhere_in_the_name(place):
    picture(place / "set" / "other.jpg")
    found = read_examples(place / "set", pattern=r"-(\d)")
    assert found.counts == {"1": 2, "2": 1}
    assert shown(found)["other.jpg"] == []


def test_folders_are_concepts(place):
    for name in ("cat/deep/1.png", "cat/2.png", "dog/1.png"):
        picture(place / "classes" / name)
    write(place / "classes" / "readme.txt", "no picture")
    picture(place / "classes" / ".thumbnails" / "1.png")
    found = read_examples(place / "classes")
    assert shown(found) == {"cat/2.png": ["cat"], "cat/deep/1.png": ["cat"], "dog/1.png": ["dog"]}
    assert "folders" in found.source


def test_masks_beside_pictures(place):
    mask(place / "set" / "hat-1.brim.png", (0, 0, 10, 40))
    mask(place / "set" / "hat-2.brim.png", None)
    found = read_examples(place / "set")
    assert shown(found) == {
        "hat-1.jpg": ["brim", "hat"], "hat-2.jpg": ["hat"], "shoes-1.jpg": ["shoes"],
    }  # fmt: skip
    assert area(found, "hat-1.jpg", "brim") == 0.5


def test_masks_in_a_folder_mark_what_they_or_the_pictures_are_called(place):
    mask(place / "set" / "masks" / "hat-1.png", (0, 0, 20, 10))
    mask(place / "set" / "masks" / "shoes-1.sole.png", (0, 0, 1, 1))
    found = read_examples(place / "set", place / "set" / "masks")
    assert shown(found)["shoes-1.jpg"] == ["shoes", "sole"]
    assert len(found.examples) == 3
    assert area(found, "hat-1.jpg", "hat") == 0.25
    assert {each.name: each.concepts.get("hat") for each in found.examples}["hat-2.jpg"] is None


def test_masks_follow_the_folders_of_pictures_with_the_same_name(place):
    for name in ("cat/1.jpg", "dog/1.jpg"):
        picture(place / "classes" / name)
    mask(place / "masks" / "dog" / "1.png", (0, 0, 20, 40))
    found = read_examples(place / "classes", place / "masks")
    assert area(found, "dog/1.jpg", "dog") == 1
    assert found.examples[0].concepts == {"cat": None}


def test_coco(place):
    path = write(place / "coco.json", {
        "images": [{"id": 5, "file_name": "hat-1.jpg"}, {"id": 6, "file_name": "shoes-1.jpg"},
                   {"id": 7, "file_name": "elsewhere.jpg"}],
        "categories": [{"id": 1, "name": "brim"}],
        "annotations": [{"image_id": 5, "category_id": 1, "bbox": [20, 10, 40, 20]}],
    })  # fmt: skip
    found = read_examples(place / "set", path)
    assert shown(found) == {"hat-1.jpg": ["brim"], "shoes-1.jpg": []}
    assert found.examples[0].concepts["brim"].box == Box(10, 20, 30, 60)
    assert area(found, "hat-1.jpg", "brim") == 0.25
    assert found.notes == (
        "left out, for they are not in coco.json: 1", "in coco.json, but not in the folder: 1",
    )  # fmt: skip


def test_segmentations_of_coco_are_masks_and_join_with_boxes(place):
    half = {"counts": [1600, 1600], "size": [40, 80]}
    annotations = [
        {"image_id": 5, "category_id": 1, "segmentation": half},
        {"image_id": 5, "category_id": 1, "segmentation": [], "bbox": [0, 0, 20, 40]},
        {"image_id": 6, "category_id": 1, "segmentation": [[0, 0, 80, 0, 80, 40]], "bbox": 5},
    ]
    path = write(place / "coco.json", {
        "images": [{"id": 5, "file_name": "hat-1.jpg"}, {"id": 6, "file_name": "hat-2.jpg"}],
        "categories": [{"id": 1, "name": "brim"}],
        "annotations": annotations,
    })  # fmt: skip
    found = read_examples(place / "set", path)
    assert area(found, "hat-1.jpg", "brim") == 0.75
    assert area(found, "hat-2.jpg", "brim") == pytest.approx(0.5, abs=0.005)


def test_voc_counts_from_1_and_both_edges_belong_to_the_box(place):
    text = (
        "<annotation><filename>{}</filename>{}</annotation>",
        "<object><name>brim</name><bndbox><xmin>21</xmin><ymin>1</ymin><xmax>60</xmax>"
        "<ymax>20</ymax></bndbox></object>",
        "<object><name>dot</name><bndbox><xmin>5</xmin><ymin>7</ymin><xmax>5</xmax>"
        "<ymax>7</ymax></bndbox></object>",
    )
    (place / "voc").mkdir()
    write(place / "voc" / "a.xml", text[0].format("hat-1.jpg", text[1] + text[2]))
    write(place / "voc" / "b.xml", text[0].format("hat-2.jpg", ""))
    for annotations in (place / "voc", place / "voc" / "a.xml"):
        found = read_examples(place / "set", annotations)
        assert found.examples[0].concepts["brim"].box == Box(0, 20, 20, 60)
        assert found.examples[0].concepts["dot"].box == Box(6, 4, 7, 5)
    assert shown(read_examples(place / "set", place / "voc"))["hat-2.jpg"] == []


def test_csv_with_boxes_and_without(place):
    path = write(
        place / "a.csv",
        "Filename,class,xmin,ymin,xmax,ymax\nhat-1.jpg,brim,20,10,60,30\n"
        "hat-1.jpg,brim,0,0,10,10\nhat-2.jpg,band,,,,\n\nshoes-1.jpg,,,,,\n",
    )
    found = read_examples(place / "set", path)
    assert shown(found) == {"hat-1.jpg": ["brim"], "hat-2.jpg": ["band"], "shoes-1.jpg": []}
    assert [each.box for each in found.examples[0].concepts["brim"].parts] == [
        Box(10, 20, 30, 60), Box(0, 0, 10, 10),
    ]  # fmt: skip
    assert found.examples[1].concepts["band"] is None
    plain = write(place / "b.csv", "concept,image\nbrim,hat-2.jpg\n")
    assert shown(read_examples(place / "set", plain))["hat-1.jpg"] == []


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.json", "{", "is no JSON"),
        ("a.json", [], "no list 'images'"),
        ("a.json", {"images": [{"id": 1}]}, "entry 0 of 'images' .* has no 'file_name'"),
        ("a.json", {"images": [{"id": [], "file_name": ""}]}, "no entry of COCO's"),
        ("a.json", "annotation:dangling", "annotation 0 of .* not listed"),
        ("a.json", "annotation:short", r"no bbox \[left"),
        ("a.json", "annotation:words", "no numbers"),
        ("a.json", "annotation:empty", "encloses nothing"),
        ("a.json", "annotation:cut", "counts that end within a number"),
        ("a.xml", "<annotation>", "is no XML"),
        ("a.xml", "<html/>", "holds <html>"),
        ("a.xml", "<!DOCTYPE a><annotation/>", "document type"),
        ("a.xml", "<annotation><object/></annotation>", "object 0 of .* has no name"),
        ("a.csv", "", "no column 'image'"),
        ("a.csv", "image,concept,top\n", "no column 'left'"),
        ("a.csv", "image,concept\nhat-1.jpg\n", "line 2 of .* has 1 cells"),
        ("a.csv", "image,concept\n,hat\n", "line 2 of .* names no picture"),
        ("a.csv", "image,concept,top,left,bottom,right\nhat-1.jpg,a,1,2,x,4\n", "no numbers"),
        ("a.csv", "image,concept,top,left,bottom,right\nhat-1.jpg,a,1,2,nan,4\n", "no pixels"),
        ("a.csv", "image,concept,top,left,bottom,right\nhat-1.jpg,a,5,2,3,4\n", "encloses nothing"),
        ("a.csv", "image,concept\nother.jpg,hat\n", "none of the 3 .* 'other.jpg'"),
        ("a.csv", b"\xff\xfe\x00", "no text in UTF-8"),
        ("a.txt", "", "no annotation that can be read"),
    ],
)
def test_what_is_malformed_is_told_in_one_line(place, name, text, message):
    path = place / name
    if isinstance(text, bytes):
        path.write_bytes(text)
    else:
        write(path, coco(text) if str(text).startswith("annotation:") else text)
    with pytest.raises(AnnotationError, match=message) as error:
        read_examples(place / "set", path)
    assert "\n" not in str(error.value)


def coco(fault):
    box = {"annotation:short": [1, 2], "annotation:words": [1, 2, 3, "x"]}
    entry = {
        "image_id": 9 if fault == "annotation:dangling" else 5,
        "category_id": 1,
        "bbox": box.get(fault, [1, 2, 0, 4]),
    }
    if fault == "annotation:cut":
        entry["segmentation"] = {"counts": "0P", "size": [40, 80]}
    return {
        "images": [{"id": 5, "file_name": "hat-1.jpg"}],
        "categories": [{"id": 1, "name": "brim"}],
        "annotations": [entry],
    }


def test_masks_that_cannot_be_used_are_told(place):
    write(place / "set" / "hat-1.brim.png", "no picture")
    with pytest.raises(AnnotationError, match=r"cannot read the mask .*hat-1\.brim\.png"):
        read_examples(place / "set")
    (place / "empty").mkdir()
    with pytest.raises(AnnotationError, match=r"no mask in .*empty is called as a picture"):
        read_examples(place / "set", place / "empty")
    picture(place / "plain" / "a.jpg")
    mask(place / "masks" / "a.png", (0, 0, 1, 1))
    with pytest.raises(AnnotationError, match=r"does not say what it marks; call it a\.CONCEPT"):
        read_examples(place / "plain", place / "masks")


def test_folders_and_patterns_that_cannot_be_used_are_told(place):
    (place / "nothing").mkdir()
    for arguments, message in (
        ((place / "missing",), "there is no folder"),
        ((place / "nothing",), "no pictures"),
        ((place / "set", place / "missing.csv"), "no file or folder"),
    ):
        with pytest.raises(ArgumentError, match=message):
            read_examples(*arguments)
    for pattern, message in (("(", "no regular"), ("a", "one group"), ("(xyz)", "finds nothing")):
        with pytest.raises(ArgumentError, match=message):
            read_examples(place / "set", pattern=pattern)
    path = write(place / "a.csv", "image,concept\nhat-1.jpg,hat\n")
    with pytest.raises(ArgumentError, match="either annotations or a pattern"):
        read_examples(place / "set", path, pattern="(h)")


def test_parts_outside_the_picture_are_counted(place):
    path = write(place / "coco.json", {
        "images": [{"id": 5, "file_name": "hat-1.jpg"}],
        "categories": [{"id": 1, "name": "brim"}],
        "annotations": [
            {"image_id": 5, "category_id": 1, "bbox": [79, 0, 5, 5]},
            {"image_id": 5, "category_id": 1, "bbox": [80, 0, 5, 5]},
            {"image_id": 5, "category_id": 1, "segmentation": [[0, 41, 9, 41, 9, 50]]},
            {"image_id": 5, "category_id": 1, "segmentation": [[0, 39, 9, 41, 9, 50]]},
            {"image_id": 5, "category_id": 1,
             "segmentation": {"counts": [1600, 1600], "size": [40, 80]}},
        ],
    })  # fmt: skip
    region = read_examples(place / "set", path).examples[0].concepts["brim"]
    assert region.count_outside((40, 80)) == 2
    assert region.count_outside((41, 81)) == 1


def test_a_box_or_mask_too_small_for_the_grid_still_marks_one_cell():
    size = (4000, 2000)
    tiny = BoxRegion(Box(1000, 500, 1001, 501)).on_grid(size)
    assert np.argwhere(tiny).tolist() == [[1000 * CELLS // 4000, 500 * CELLS // 2000]]
    pixels = np.zeros(size, bool)
    pixels[1000, 500] = True
    assert np.array_equal(MaskRegion(pixels).on_grid(size), tiny)
    assert not BoxRegion(Box(-9, -9, -1, -1)).on_grid(size).any()


def test_a_box_and_the_mask_of_its_pixels_mark_the_same():
    rng = np.random.default_rng(0)
    for _ in range(50):
        top, left = rng.integers(0, 250, 2)
        bottom, right = top + rng.integers(5, 50), left + rng.integers(5, 50)
        pixels = np.zeros((300, 300), bool)
        pixels[top:bottom, left:right] = True
        boxed = BoxRegion(Box(top, left, bottom, right)).on_grid((300, 300))
        assert np.array_equal(boxed, MaskRegion(pixels).on_grid((300, 300)))
