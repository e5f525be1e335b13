"""A card shows patches as they are, and the channel over them on one scale."""

import numpy as np
import pytest

from actiscope.errors import ArgumentError
from actiscope.geometry import Box
from actiscope.pictures.cards import Patch, channel_card

EDGES = np.array([-4.0, -1.0, 0.0, 1.0, 8.0])
COUNTS = np.array([1, 0, 5, 2])
GREY = np.full((40, 40, 3), 128, dtype=np.uint8)
WHOLE = Box(0, 0, 40, 40)


def card(*channels, values=(0.0, 8.0), caption=("1", "a.jpg")):
    patches = [Patch(GREY, WHOLE, np.full((4, 4), value), None, caption) for value in channels]
    return np.asarray(
        channel_card(
            patches, title="layer", lines=["said"], values=values, histogram=(EDGES, COUNTS)
        )
    )


def overlay_of(drawn, number):
    """The middle of the patch with the channel over it."""
    middle = 78 + 138 * number
    plain = np.flatnonzero((drawn[:, middle] == 128).all(axis=1))[0]
    return tuple(int(each) for each in drawn[plain + 132 + 2 + 66, middle])


def test_equal_values_have_equal_colours_whatever_the_rest_of_their_map():
    drawn = card(8.0, 2.0, values=(-3.0, 8.0))
    alone = card(2.0, values=(-3.0, 8.0))
    assert overlay_of(drawn, 1) == overlay_of(alone, 0)
    assert overlay_of(drawn, 0) != overlay_of(drawn, 1)


def test_zero_leaves_the_picture_as_it_is_even_for_signed_values():
    assert overlay_of(card(0.0, values=(-3.0, 8.0)), 0) == (128, 128, 128)
    assert overlay_of(card(0.0), 0) == (128, 128, 128)


def test_a_dead_channel_and_long_names_can_be_drawn():
    drawn = card(0.0, values=(0.0, 0.0), caption=("0", "a-name-that-is-far-too-long" * 9))
    assert drawn.shape == card(0.0).shape


def test_a_part_is_cut_out_of_the_picture():
    image = np.zeros((40, 60, 3), dtype=np.uint8)
    image[10:20, 30:40] = (255, 0, 0)
    patch = Patch(image, Box(10, 30, 20, 40), np.zeros((2, 3)), None, ("1", "x"))
    drawn = channel_card([patch], title="", lines=[], values=(0, 1), histogram=(EDGES, COUNTS))
    red = (np.asarray(drawn) == (255, 0, 0)).all(axis=2)
    assert red.sum() == 132 * 132


def test_no_patch_is_refused():
    with pytest.raises(ArgumentError, match="at least one patch"):
        card()
