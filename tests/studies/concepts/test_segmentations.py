"""COCO's polygons and runs against what pycocotools 2.0.11 makes of the same."""

import numpy as np
import pytest

from actiscope import AnnotationError, Box
from actiscope.studies import BoxRegion, MaskRegion, PolygonRegion
from actiscope.studies.concepts.segmentations import read_segmentation

SIZE = [40, 80]
RING = (
    "go07o04M2N2N2N2O0O2O0O2O000O2OAF0:OH080H08OJ060J060J060J060J060J060J060J060J061H080H081F0:?1"
    "N10001N101N101N2N2N2N3LSa0"
)
"""`pycocotools.mask.encode` of `ring`."""
BLOCK = "Zi0d0d0" + "0" * 77 + "fh0"
"""The same of rows 10 to 29 of columns 20 to 59."""


def ring():
    y, x = np.mgrid[:40, :80]
    outer = ((y - 18) / 13) ** 2 + ((x - 45) / 21) ** 2 < 1
    return outer & ~(((y - 18) / 5) ** 2 + ((x - 45) / 8) ** 2 < 1)


def runs_of(mask):
    flat = mask.ravel(order="F")
    edges = np.flatnonzero(np.diff(flat, prepend=False, append=False))
    steps = np.diff(np.concatenate([[0], edges, [flat.size]]))
    return [int(step) for step in steps]


def grid(said):
    return read_segmentation("this", said).on_grid((40, 80))


def test_compressed_runs_are_those_of_pycocotools():
    region = read_segmentation("this", {"counts": RING, "size": SIZE})
    assert list(region.runs) == runs_of(ring())
    assert np.array_equal(region.on_grid((400, 800)), MaskRegion(ring()).on_grid((40, 80)))
    block = np.zeros(SIZE, bool)
    block[10:30, 20:60] = True
    assert list(read_segmentation("this", {"counts": BLOCK, "size": SIZE}).runs) == runs_of(block)
    assert grid({"counts": "0PT3", "size": SIZE}).all()


def test_plain_runs_are_the_same():
    assert np.array_equal(grid({"counts": runs_of(ring()), "size": SIZE}),
                          grid({"counts": RING, "size": SIZE}))  # fmt: skip


def test_a_polygon_marks_the_cells_whose_centres_lie_in_it():
    corners = [5.0, 3, 61, 3, 61, 27, 5, 27]
    assert np.array_equal(grid([corners]), BoxRegion(Box(3, 5, 27, 61)).on_grid((40, 80)))
    assert np.array_equal(grid([corners, [70, 30, 80, 30, 80, 40]]),
                          grid([corners]) | grid([[70, 30, 80, 30, 80, 40]]))  # fmt: skip
    y, x = (np.mgrid[:112, :112] + 0.5) * np.reshape([40 / 112, 80 / 112], (2, 1, 1))
    assert np.array_equal(grid([[0, 0, 79, 0, 0, 41]]), x / 79 + y / 41 < 1)


def test_a_polygon_too_small_for_the_grid_still_marks_one_cell():
    tiny = PolygonRegion([(500, 1000), (501, 1000), (500, 1001)]).on_grid((4000, 2000))
    assert np.argwhere(tiny).tolist() == [[1000 * 112 // 4000, 500 * 112 // 2000]]
    assert not PolygonRegion([(-9, -9), (-8, -9), (-9, -8)]).on_grid((40, 80)).any()


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("mask.png", "neither polygons nor runs"),
        ([1, 2, 3, 4, 5, 6], "neither polygons nor runs"),
        ([[1, 2, 3, 4]], "a polygon of 4 numbers"),
        ([[1, 2, 3, 4, 5, 6, 7]], "a polygon of 7 numbers"),
        ([[1, 2, 3, 4, 5, "x"]], "corners that are no numbers"),
        ([[1, 2, 3, 4, 5, float("nan")]], "corners that are no numbers"),
        ({"counts": [3200]}, "without a size"),
        ({"counts": [3200], "size": [0, 80]}, "without a size"),
        ({"counts": [3200], "size": [10**6, 10**6]}, "without a size"),
        ({"size": SIZE}, "no lengths of runs: None"),
        ({"counts": [3201, -1], "size": SIZE}, "no lengths of runs"),
        ({"counts": [5, 6], "size": SIZE}, "runs of 11 pixels; its size says 40 x 80"),
        ({"counts": [3200], "size": SIZE}, "enclose nothing"),
        ({"counts": "go0 7", "size": SIZE}, "counts with ' '"),
        ({"counts": "0P", "size": SIZE}, "end within a number"),
    ],
)
def test_what_is_malformed_is_told_in_one_line(said, message):
    with pytest.raises(AnnotationError, match=message) as error:
        read_segmentation("annotation 3 of a.json", said)
    assert str(error.value).startswith("annotation 3 of a.json has ")
    assert "\n" not in str(error.value)
