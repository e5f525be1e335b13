"""Overlap and hits on maps made by hand, and where a mask lies by the geometry of a layer."""

import numpy as np
import pytest
from scipy import ndimage

from actiscope import Box, Geometry
from actiscope.geometry import Axis
from actiscope.studies import BoxRegion
from actiscope.studies.concepts.regions import CELLS
from actiscope.studies.dissection.localizing import high_cells, overlaps, units_on
from actiscope.studies.dissection.scoring import TopValues

SIZE = (CELLS, CELLS)
AXIS = Axis(stride=28, centre=14, start=0, stop=28)
GEOMETRY = Geometry(AXIS, AXIS)
"""Four by four units, each in the middle of its own quarter of a quarter."""


def measured(maps, thresholds, geometry, size, marked):
    high, seen = high_cells(maps, np.array(thresholds, np.float32), geometry, size)
    return overlaps(high, marked & seen)


def on(box):
    return BoxRegion(Box(*box)).on_grid(SIZE)


def test_overlap_by_hand():
    maps = np.zeros((3, 4, 4), np.float32)
    maps[0, 1:3, 1:3] = 1
    maps[1] = 1
    both, either = measured(maps, [0.5] * 3, GEOMETRY, SIZE, on((0, 0, 56, 56)))
    high = 56 * 56  # linear between units: half way to the silent ones
    marked = 56 * 56
    assert both[0] == pytest.approx(28 * 28, rel=0.1)
    assert either[0] == pytest.approx(high + marked - 28 * 28, rel=0.1)
    assert (both[1], either[1]) == (marked, CELLS * CELLS)
    assert (both[2], either[2]) == (0, marked)


def test_maps_are_interpolated_linearly_between_the_centres_of_units():
    rng = np.random.default_rng(0)
    maps = rng.normal(size=(1, 5, 7)).astype(np.float32)
    geometry = Geometry(
        Axis(stride=20, centre=16, start=0, stop=32), Axis(stride=32, centre=24, start=0, stop=48)
    )
    size = (112, 224)
    y, x = np.mgrid[0.5:112, 1:224:2]
    places = [(y - 16) / 20, (x - 24) / 32]
    full = ndimage.map_coordinates(maps[0], places, order=1, mode="nearest")
    marked = BoxRegion(Box(10, 30, 70, 200)).on_grid(size)
    seen = (places[1] > -1) & (places[1] < 7) & (places[0] > -1) & (places[0] < 5)
    both, either = measured(maps, [0.3], geometry, size, marked)
    high = (full > 0.3) & seen
    assert both[0] == (high & marked).sum()
    assert either[0] == (high | (marked & seen)).sum()


def test_maps_lie_where_their_units_look_and_not_stretched():
    """Units two strides in from the edge: the rest of the picture is seen by none."""
    far = Axis(stride=28, centre=42, start=0, stop=84)
    maps = np.ones((1, 2, 2), np.float32)
    marked = on((0, 0, CELLS, CELLS))
    both, either = measured(maps, [0], Geometry(far, far), SIZE, marked)
    # between one stride before the first centre and one after the last: 14 to 98
    assert both[0] == either[0] == 84 * 84


def test_a_box_on_the_picture_is_hit_by_the_units_that_lie_in_it():
    hit = units_on(on((28, 56, 56, 112)), GEOMETRY, (4, 4), SIZE)
    wanted = np.zeros((4, 4), bool)
    wanted[1, 2:] = True
    assert np.array_equal(hit, wanted)


def test_a_small_box_between_units_is_hit_by_the_nearest():
    hit = units_on(on((30, 30, 32, 32)), GEOMETRY, (4, 4), SIZE)
    assert np.argwhere(hit).tolist() == [[1, 1]]


def test_pictures_of_another_size_are_measured_in_their_own_pixels():
    larger = GEOMETRY.scaled(5, 2)
    region = BoxRegion(Box(5 * 28, 2 * 56, 5 * 56, 2 * 112))
    size = (5 * CELLS, 2 * CELLS)
    assert np.array_equal(
        units_on(region.on_grid(size), larger, (4, 4), size),
        units_on(on((28, 56, 56, 112)), GEOMETRY, (4, 4), SIZE),
    )


def test_units_finer_than_the_grid_still_reach_it():
    fine = Axis(stride=0.25, centre=0.125, start=0, stop=0.25)
    hit = units_on(on((0, 0, CELLS, CELLS)), Geometry(fine, fine), (448, 448), SIZE)
    assert hit.all()


def test_the_largest_values_are_kept_whatever_the_order():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(3, 1000)).astype(np.float32)
    for piece in (1, 7, 500):
        top = TopValues(25)
        for start in range(0, 1000, piece):
            top.add(values[:, start : start + piece])
        for place in (24, 10, 0):
            assert np.array_equal(top.largest(place), np.sort(values, axis=1)[:, -1 - place])
