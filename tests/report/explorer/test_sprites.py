"""What a page is given to draw."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from tests.unpacking import unpack

from actiscope import Geometry, Layer, strongest
from actiscope.activations import Activations, Placement
from actiscope.geometry import Axis
from actiscope.report.explorer.sprites import pack_layer, pack_maps


def pack(values):
    return unpack(pack_maps(np.asarray(values, np.float32), {}))


def test_values_that_can_be_worked_out():
    sprite = pack([[[-1, 0, 1], [3, 4, 3]], [[2, 2, 2], [2, 2, 2]]])
    assert sprite.header == {
        "channels": 2, "height": 2, "width": 3, "min": -1.0, "max": 4.0,
        "p1": pytest.approx(-1 + 11 * 0.01), "p99": pytest.approx(4 - 11 * 0.01),
        "not_finite": 0,
    }  # fmt: skip
    assert sprite.low.tolist() == [-1, 2]
    assert sprite.high.tolist() == [4, 2]
    assert sprite.mean.tolist() == [np.float32(10 / 6), 2]
    assert sprite.energy.tolist() == [36, 24]
    assert sprite.peak.tolist() == [4, 0]
    assert sprite.drawn.tolist() == [[[0, 51, 102], [204, 255, 204]], [[0, 0, 0], [0, 0, 0]]]


def test_the_peak_is_the_first_of_equals():
    assert pack([[[0, 7], [7, 7]], [[-3, -3], [-3, -4]]]).peak.tolist() == [1, 0]


def test_what_is_no_number_is_counted_and_left_out():
    sprite = pack([[[np.nan, 1, 3]], [[np.inf, -np.inf, np.nan]], [[5, np.inf, 6]]])
    assert sprite.header["not_finite"] == 5
    assert (sprite.header["min"], sprite.header["max"]) == (1, 6)
    assert sprite.low.tolist() == [1, 0, 5]
    assert sprite.high.tolist() == [3, 0, 6]
    assert sprite.mean.tolist() == [2, 0, 5.5]
    assert sprite.energy.tolist() == [10, 0, 61]
    assert sprite.peak.tolist() == [2, 0, 2]
    assert sprite.drawn.tolist() == [[[0, 0, 255]], [[0, 0, 0]], [[0, 0, 255]]]


def test_nothing_but_what_is_no_number():
    header = pack(np.full((2, 1, 1), np.nan)).header
    assert header["min"] == header["max"] == header["p1"] == header["p99"] == 0
    assert header["not_finite"] == 2


@given(
    arrays.arrays(
        np.float32,
        st.tuples(st.integers(1, 5), st.integers(1, 4), st.integers(1, 4)),
        elements=st.floats(-(2.0**120), 2.0**120, width=32),
    )
)
def test_each_value_comes_back_within_half_a_step(maps):
    sprite = pack(maps)
    step = (sprite.high.astype(np.float64) - sprite.low)[:, None, None] / 255
    assert (np.abs(sprite.values - maps) <= step / 2 * (1 + 1e-9)).all()
    assert np.array_equal(sprite.low, maps.min(axis=(1, 2)))
    assert np.array_equal(sprite.high, maps.max(axis=(1, 2)))


def test_many_channels_are_packed_like_one():
    maps = np.random.default_rng(0).normal(size=(300, 20, 20)).astype(np.float32)
    sprite = pack(maps)
    for channel in (0, 80, 81, 299):
        alone = pack(maps[channel : channel + 1])
        assert np.array_equal(sprite.drawn[channel], alone.drawn[0])
        assert sprite.energy[channel] == alone.energy[0]
        assert sprite.peak[channel] == alone.peak[0]
    assert sprite.header["p1"] == pytest.approx(np.percentile(maps, 1))


@pytest.mark.parametrize("name", ["data", "conv1", "fire6-relu_squeeze1x1", "prob"])
def test_statistics_are_those_of_the_studies(net, a1, name):
    activations = net.activations(a1, name)
    sprite = unpack(pack_layer(activations))
    for measure, found in (("mean", sprite.mean), ("energy", sprite.energy), ("max", sprite.high)):
        ranked = {one.channel: one for one in strongest(activations, by=measure, top=None)}
        values = np.array([ranked[channel].value for channel in range(len(found))])
        assert np.allclose(found, values, rtol=1e-6, atol=1e-9), measure
    width = sprite.header["width"]
    assert [divmod(peak, width) for peak in sprite.peak.tolist()] == [
        (ranked[channel].row, ranked[channel].col) for channel in range(len(found))
    ]


def test_the_header_says_where_units_look(net, astronaut):
    header = unpack(pack_layer(net.activations(astronaut, "conv1", size=227))).header
    scale = 512 / 227
    assert header["image_size"] == [512, 512]
    assert header["input_size"] == [227, 227]
    assert header["layer"] == 1
    assert header["shape"] == [64, 113, 113]
    assert header["geometry"]["stride"] == pytest.approx([2 * scale, 2 * scale])
    assert header["geometry"]["centre"] == pytest.approx([1.5 * scale, 1.5 * scale])
    assert header["geometry"]["start"] == pytest.approx([0, 0])
    assert header["geometry"]["field"] == pytest.approx([3 * scale, 3 * scale])


def test_what_sees_everything_has_no_geometry(net, a1):
    assert unpack(pack_layer(net.activations(a1, "prob"))).header["geometry"] is None


def test_what_has_no_end_is_null():
    endless = Axis(2, 1, -math.inf, math.inf)
    layer = Layer(0, "mix", "Attention", (), (1, 2, 2), geometry=Geometry(endless, endless))
    placement = Placement((4, 4), (4, 4))
    values = np.zeros((1, 2, 2), np.float32)
    header = unpack(pack_layer(Activations(values, layer, "net", (placement,)))).header
    assert header["geometry"] == {
        "stride": [2, 2], "centre": [1, 1], "start": [None, None], "field": [None, None],
    }  # fmt: skip
