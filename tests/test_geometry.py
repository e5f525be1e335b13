import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from actiscope.geometry import EVERYTHING, Axis, Box, Geometry, Window, merge

windows = st.builds(
    Window,
    kernel=st.integers(1, 5),
    stride=st.integers(1, 3),
    before=st.integers(0, 2),
    after=st.integers(0, 2),
    dilation=st.integers(1, 3),
)


def test_two_windows_by_hand():
    axis = Axis().through(Window(kernel=3, stride=2)).through(Window(kernel=3, stride=2, before=1))
    assert axis == Axis(stride=4, centre=-0.5 + 2, start=-2, stop=5)
    assert axis.span_of(1) == (2, 9)
    assert axis.centre_of(1) == 5.5


@given(windows, windows, st.integers(1, 60))
def test_fields_agree_with_counting(first, second, length):
    """The field of a unit is what one gets by following its inputs back, one by one."""
    axis = Axis().through(first).through(second)
    outputs = second.outputs(first.outputs(length))
    for unit in range(outputs):
        seen = {
            pixel
            for tap in range(second.kernel)
            for middle in [unit * second.stride + tap * second.dilation - second.before]
            for inner in range(first.kernel)
            for pixel in [middle * first.stride + inner * first.dilation - first.before]
        }
        assert axis.span_of(unit) == (min(seen), max(seen) + 1)
        assert axis.centre_of(unit) == (min(seen) + max(seen) + 1) / 2


@given(windows, st.integers(1, 60))
def test_outputs_agree_with_counting(window, length):
    padded = length + window.before + window.after
    starts = [s for s in range(0, padded, window.stride) if s + window.extent <= padded]
    assert window.outputs(length) == len(starts)


@given(windows, st.floats(0.1, 10), st.integers(0, 20))
def test_scaling_a_picture_scales_the_fields(window, factor, unit):
    axis = Axis().through(window)
    start, stop = axis.span_of(unit)
    assert axis.scaled(factor).span_of(unit) == pytest.approx((start * factor, stop * factor))


def test_merge_keeps_the_finest_places_and_unites_the_fields():
    small, large = Axis(), Axis().through(Window(kernel=3, before=1))
    joined = merge([Geometry(small, small), Geometry(large, large)])
    assert joined == Geometry(large, large)
    gate = merge([Geometry(small, small), Geometry(EVERYTHING, EVERYTHING)])
    assert gate.stride == (1, 1)
    assert gate.receptive_field == (math.inf, math.inf)
    assert not gate.is_global


def test_field_is_cut_to_the_picture():
    axis = Axis().through(Window(kernel=5, before=2))
    geometry = Geometry(axis, axis)
    assert geometry.field(0, 9) == Box(-2, 7, 3, 12)
    assert geometry.field(0, 9, (10, 10)) == Box(0, 7, 3, 10)
    assert Geometry(EVERYTHING, EVERYTHING).field(0, 0, (7, 9)) == Box(0, 0, 7, 9)


@given(windows, windows, st.integers(-60, 120).map(lambda x: x / 2), st.integers(0, 60))
def test_units_in_a_box_are_those_centred_in_it(rows, cols, low, extent):
    geometry = Geometry().through(rows, cols)
    box = Box(low, low, low + extent, low + extent)
    chosen = np.zeros((20, 20), dtype=bool)
    chosen[geometry.units_in(box, chosen.shape)] = True
    for row, col in np.ndindex(chosen.shape):
        assert chosen[row, col] == box.contains(*geometry.centre(row, col))
