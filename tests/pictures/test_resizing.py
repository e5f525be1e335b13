import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from actiscope import ArgumentError, resize
from actiscope.geometry import Axis, Geometry, Window
from actiscope.pictures import place

sizes = st.integers(1, 40)
pictures = hnp.arrays(
    np.float64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=12), elements=st.floats(-9, 9)
)


def test_oracle(oracle):
    for case in oracle("vectors")["imresize"]:
        if "A" in case:
            array = np.array(case["A"], dtype=case.get("class", "float64"))
            wanted = np.array(case["out"])
        else:  # pages (rows, cols, 1, 2): a stack here
            array = np.moveaxis(
                np.array(case["A_c_order"]).reshape(case["A_shape"]), (0, 1), (-2, -1)
            )
            wanted = np.moveaxis(
                np.array(case["out_c_order"]).reshape(case["out_shape"]), (0, 1), (-2, -1)
            )
        size = {"scale": case["scale"]} if "scale" in case else {"size": tuple(case["size"])}
        got = resize(array, **size)
        assert got.dtype == array.dtype
        np.testing.assert_allclose(got.astype(float), wanted, rtol=0, atol=1e-6)


@given(pictures)
def test_same_size_is_the_same_picture(picture):
    np.testing.assert_allclose(resize(picture, picture.shape), picture, atol=1e-12)


@given(st.floats(-9, 9), sizes, sizes, sizes, sizes)
def test_a_flat_picture_stays_flat(value, height, width, rows, cols):
    got = resize(np.full((height, width), value), (rows, cols))
    np.testing.assert_allclose(got, np.full((rows, cols), value), atol=1e-12)


@given(pictures, sizes, sizes)
def test_turning_and_mirroring_commute(picture, rows, cols):
    got = resize(picture, (rows, cols))
    np.testing.assert_allclose(resize(picture.T, (cols, rows)), got.T, atol=1e-9)
    np.testing.assert_allclose(resize(picture[::-1], (rows, cols)), got[::-1], atol=1e-9)


@settings(max_examples=30)
@given(st.integers(1, 5), sizes, sizes)
def test_leading_axes_are_untouched(count, rows, cols):
    stack = np.random.default_rng(count).normal(size=(count, 2, 5, 7))
    got = resize(stack, (rows, cols))
    assert got.shape == (count, 2, rows, cols)
    for index in np.ndindex(count, 2):
        np.testing.assert_allclose(got[index], resize(stack[index], (rows, cols)), atol=1e-12)


def test_pixels_are_resized_by_rows_and_columns(a1):
    got = resize(a1, (50, 60))
    assert got.shape == (50, 60, 3)
    assert got.dtype == np.uint8
    for colour in range(3):
        assert np.array_equal(got[:, :, colour], resize(a1[:, :, colour], (50, 60)))


def test_colours_in_floats_have_to_be_said(a1):
    floats = a1 / 255
    with pytest.raises(ArgumentError, match=r"say axes="):
        resize(floats, (50, 60))
    got = resize(floats, (50, 60), axes=(0, 1))
    assert np.abs(got - resize(a1, (50, 60)) / 255).max() < 0.05
    assert resize(floats, (50, 60), axes=(-2, -1)).shape == (227, 50, 60)


def test_large_pictures_go_in_blocks_with_the_same_result():
    tall = np.random.default_rng(0).integers(0, 255, (900, 40), dtype=np.uint8)
    got = resize(tall, (300, 40))
    for row in (0, 31, 32, 150, 299):
        alone = resize(tall.T, (40, 300))[:, row]
        assert np.array_equal(got[row], alone)


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"size": (2, 2), "scale": 2},
        {"size": (0, 2)},
        {"size": (None, None)},
        {"size": (2.5, 2)},
        {"size": "big"},
        {"scale": 0},
        {"scale": 1e-9},
        {"scale": float("nan")},
    ],
)
def test_bad_sizes(arguments):
    with pytest.raises(ArgumentError):
        resize(np.eye(3), **arguments)
    with pytest.raises(ArgumentError, match="cannot resize"):
        resize(np.zeros(3), (2, 2))
    for bad in (np.array([[np.nan, 1]]), np.array([[1j]]), np.zeros((0, 2))):
        with pytest.raises(ArgumentError):
            resize(bad, (2, 2))


@pytest.mark.parametrize("dtype", [np.int8, np.uint16, np.int32, np.int64, np.uint64])
def test_integers_saturate_and_keep_their_type(dtype):
    limits = np.iinfo(dtype)
    stripes = np.tile(np.array([limits.min, limits.max], dtype=dtype), (4, 4))
    got = resize(stripes, (np.int64(9), 31))
    assert got.dtype == dtype
    assert got.min() == limits.min
    assert got.max() >= limits.max - 2048


def test_place_puts_a_unit_where_it_looks():
    axis = Axis().through(Window(kernel=3, stride=2)).through(Window(kernel=3, stride=4))
    values = np.zeros((5, 5))
    values[1, 3] = 1
    placed = place(values, (60, 60), Geometry(axis, axis))
    row, col = np.unravel_index(np.nanargmax(placed), placed.shape)
    assert abs(row + 0.5 - axis.centre_of(1)) <= 0.5
    assert abs(col + 0.5 - axis.centre_of(3)) <= 0.5
    assert np.nanmax(placed) == pytest.approx(1, abs=0.02)


def test_place_leaves_blank_what_no_unit_looks_at():
    axis = Axis(stride=4, centre=2, start=0, stop=4)
    placed = place(np.ones((2, 2)), (20, 20), Geometry(axis, axis))
    assert np.isfinite(placed[:9, :9]).all()
    assert np.isnan(placed[:, 12:]).all()


@pytest.mark.parametrize("size", [(40, 61), (300, 20)])
@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.float32])
def test_how_an_array_lies_in_memory_changes_nothing(size, kind):
    maps = np.random.default_rng(0).integers(-99, 99, (3, 90, 130)).astype(kind)
    expected = resize(maps, size, axes=(-2, -1))
    for order in ((1, 2, 0), (2, 1, 0), (2, 0, 1)):
        lying = np.ascontiguousarray(maps.transpose(order)).transpose(np.argsort(order))
        assert np.allclose(resize(lying, size, axes=(-2, -1)), expected, atol=1e-9)
    one_by_one = np.stack([resize(each, size) for each in maps])
    assert np.allclose(one_by_one, expected, atol=1e-9)
