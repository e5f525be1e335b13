import numpy as np
import pytest

from actiscope import ArgumentError, colorize, overlay, palette
from actiscope.geometry import Axis, Geometry, Window
from actiscope.pictures.colormaps import is_signed


def lightness(rgb: np.ndarray) -> np.ndarray:
    """CIE L* of sRGB colours."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    y = linear @ [0.2126, 0.7152, 0.0722]
    return np.where(y > 0.008856, 116 * np.cbrt(y) - 16, 903.3 * y)


def test_gray_is_gray():
    assert np.array_equal(palette("gray")[:, 0], np.arange(256))
    assert colorize([[0.0, 0.5, 1.0]]).tolist() == [[[0] * 3, [128] * 3, [255] * 3]]


def test_viridis_rises_evenly_in_lightness():
    steps = np.diff(lightness(palette("viridis")[::5] / 255))
    assert (steps > 0).all()
    assert steps.std() < 0.3 * steps.mean()


def test_signed_is_lightest_in_the_middle_and_even_on_both_sides():
    light = lightness(palette("signed") / 255)
    assert abs(light.argmax() - 127.5) < 4
    assert abs(light[0] - light[-1]) < 10
    assert is_signed("signed")
    assert is_signed("RdBu_r")
    assert not is_signed("viridis")


def test_any_name_of_the_field_works_without_noise(caplog):
    for name in ("magma", "coolwarm", "RdBu", "gray_r", "turbo", "tab10"):
        assert palette(name).shape == (256, 3)
    assert not caplog.records
    assert np.array_equal(palette("magma_r"), palette("magma")[::-1])


def test_the_table_cannot_be_changed_and_grey_is_gray():
    with pytest.raises(ValueError, match="read-only"):
        palette("magma")[:] = 0
    assert np.array_equal(palette("grey"), palette("gray"))
    assert np.array_equal(palette("signed_r"), palette("signed")[::-1])


def test_unknown_names_are_told_with_the_nearest():
    with pytest.raises(ArgumentError, match="did you mean 'viridis'"):
        palette("viridi")
    with pytest.raises(ArgumentError, match="try 'viridis'"):
        palette("zzzzzzzz")


def test_overlay_is_clear_where_the_channel_is_silent(a1):
    channel = np.zeros((14, 14))
    channel[6, 5] = 3
    drawn = np.asarray(overlay(a1, channel))
    spread = drawn.max(axis=2).astype(int) - drawn.min(axis=2)
    assert (spread[150:] == 0).all(), "the picture is grey"
    assert spread[105, 88] > 100, "the channel is coloured"


def test_overlay_puts_the_unit_where_it_looks():
    axis = Axis().through(Window(kernel=8, stride=8))
    image = np.full((64, 64, 3), 100, np.uint8)
    channel = np.zeros((8, 8))
    channel[2, 5] = 1
    drawn = np.asarray(overlay(image, channel, geometry=Geometry(axis, axis))).astype(int)
    strength = np.abs(drawn - 100).sum(axis=2)
    row, col = np.unravel_index(strength.argmax(), strength.shape)
    assert (row // 8, col // 8) == (2, 5)


def test_overlay_of_negative_values_is_signed():
    image = np.full((2, 2, 3), 128, np.uint8)
    drawn = np.asarray(overlay(image, np.array([[-1.0, 1.0], [0.0, 0.0]]))).astype(int)
    assert drawn[0, 0, 2] > drawn[0, 0, 0]
    assert drawn[0, 1, 0] > drawn[0, 1, 2]


@pytest.mark.parametrize("opacity", [-0.1, 1.1])
def test_bad_opacity(a1, opacity):
    with pytest.raises(ArgumentError, match="opacity"):
        overlay(a1, np.eye(3), opacity=opacity)


def test_bad_channel(a1):
    with pytest.raises(ArgumentError, match=r"a map \(h, w\)"):
        overlay(a1, np.zeros((2, 2, 2)))
