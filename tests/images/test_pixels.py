import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from actiscope import ArgumentError, ImageError
from actiscope.images import to_rgb, to_uint8


def test_halves_are_rounded_up_and_the_rest_saturates():
    values = np.array([-1, 0, 0.5 / 255, 0.49 / 255, 1.5 / 255, 1, 2])
    assert to_uint8(values).tolist() == [0, 0, 1, 0, 2, 255, 255]


@given(st.integers(0, 255))
def test_pixels_survive_the_way_through_floats(value):
    assert to_uint8(np.array([value / 255]))[0] == value


@given(st.integers(0, 65535))
def test_16_bit_is_the_nearest_8_bit(value):
    pixel = to_rgb(np.full((1, 1), value, dtype=np.uint16))[0, 0, 0]
    assert abs(int(pixel) * 257 - value) <= 128


def test_what_is_no_pixel_is_refused():
    assert to_uint8(np.array([0, 1000, 65535], dtype=np.uint16)).tolist() == [0, 4, 255]
    for bad in (np.array([0, 100]), np.array([1j]), np.array([0.5, np.nan])):
        with pytest.raises(ArgumentError, match="pixels are"):
            to_uint8(bad)


def test_inputs_are_not_changed():
    for array in (np.full((2, 2, 4), 7, np.uint8), np.full((2, 2), 0.3), np.eye(2, dtype=bool)):
        before = array.copy()
        to_rgb(array)
        assert np.array_equal(array, before)


def test_alpha_is_laid_over_white():
    rgba = np.array([[[10, 20, 30, 255], [10, 20, 30, 0], [0, 0, 0, 51]]], dtype=np.uint8)
    assert to_rgb(rgba).tolist() == [[[10, 20, 30], [255, 255, 255], [204, 204, 204]]]
    grey = np.array([[[10, 255], [10, 0]]], dtype=np.uint8)
    assert to_rgb(grey).tolist() == [[[10, 10, 10], [255, 255, 255]]]


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((3, 227, 227), np.uint8), r"np\.moveaxis"),
        (np.zeros((2, 5, 5, 3), np.uint8), "as a list"),
        (np.zeros(5), r"expected \(H, W\)"),
        (np.zeros((0, 5)), "no pixels"),
        (np.full((2, 2), 200.0), "0-1, these lie in 200 to 200; divide by 255"),
        (np.full((2, 2), np.nan), "0-1, these lie in nan"),
        (np.full((2, 2), -1), "0-255, these lie in -1 to -1"),
        (np.full((2, 2), 1j), "complex128 is no picture"),
    ],
)
def test_what_is_no_picture_is_told(array, message):
    with pytest.raises(ImageError, match=message):
        to_rgb(array)
