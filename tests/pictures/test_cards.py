"""A card shows patches as they are, and the channel over them on one scale."""

import numpy as np
from PIL import ImageFont

from actiscope.geometry import Box
from actiscope.pictures import lettering
from actiscope.pictures.cards import Patch, channel_card
from actiscope.pictures.gallery import CELL, Caption, Shown, gallery, in_cell, part_shown
from actiscope.pictures.lettering import shorten, text_width

HEIGHTS = [0.5, 0.0, 1.0, 0.25]
GREY = np.full((40, 40, 3), 128, dtype=np.uint8)
WHOLE = Box(0, 0, 40, 40)
ONE = Caption("1", "at 0, 0", "a.jpg")


def card(*channels, values=(0.0, 8.0), caption=ONE):
    patches = [Patch(GREY, WHOLE, np.full((4, 4), value), None, caption) for value in channels]
    return np.asarray(
        channel_card(patches, title="layer", lines=["said"], values=values, histogram=HEIGHTS)
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


def test_only_values_above_zero_are_drawn_over_the_picture():
    assert overlay_of(card(0.0, values=(-3.0, 8.0)), 0) == (128, 128, 128)
    assert overlay_of(card(-3.0, values=(-3.0, 8.0)), 0) == (128, 128, 128)
    assert overlay_of(card(-1.0, values=(-3.0, -1.0)), 0) == (128, 128, 128)
    assert overlay_of(card(0.1, values=(-3.0, 8.0)), 0) != (128, 128, 128)


def test_there_is_a_scale_only_of_values_that_are_drawn():
    def has_yellow(drawn):
        red, _, blue = np.moveaxis(drawn.astype(int), 2, 0)
        return bool((red - blue > 100).any())

    assert has_yellow(card(0.0, values=(-3.0, 8.0)))
    assert not has_yellow(card(-1.0, values=(-3.0, -1.0)))


def test_a_dead_channel_and_long_names_can_be_drawn():
    drawn = card(
        0.0, values=(0.0, 0.0), caption=Caption("0", "", "a-name-that-is-far-too-long" * 9)
    )
    assert drawn.shape == card(0.0).shape


def test_a_part_is_cut_out_of_the_picture():
    image = np.zeros((40, 60, 3), dtype=np.uint8)
    image[10:20, 30:40] = (255, 0, 0)
    patch = Patch(image, Box(10, 30, 20, 40), np.zeros((2, 3)), None, ONE)
    drawn = channel_card([patch], title="", lines=[], values=(0, 1), histogram=HEIGHTS)
    red = (np.asarray(drawn) == (255, 0, 0)).all(axis=2)
    assert red.sum() == 132 * 132


def test_a_small_field_is_outlined_among_what_lies_around_it():
    image = np.full((60, 60, 3), 128, dtype=np.uint8)
    image[28:32, 28:32] = (255, 0, 0)
    patch = Patch(image, Box(28, 28, 32, 32), np.zeros((2, 3)), None, ONE)
    drawn = np.asarray(channel_card([patch], title="", lines=[], values=(0, 1), histogram=HEIGHTS))
    red = np.flatnonzero((drawn == (255, 0, 0)).all(axis=2).any(axis=0))
    assert 30 < red[-1] - red[0] < 132 * 4 / 10
    around = drawn[:, red[0] - 6 : red[0]]
    assert (around == 255).all(axis=2).any()
    assert (around == 128).all(axis=2).any()


def test_the_part_shown_stays_in_the_picture():
    assert part_shown(Box(0, 0, 4, 4), (60, 120)) == (0, 0, 7, 12)
    assert part_shown(Box(0, 2.5, 60, 118.5), (60, 120)) == (0, 2, 60, 119)


def test_a_gallery_is_as_wide_as_a_screen_whatever_is_in_it():
    for count in (1, 48, 512, 2048):
        shown = [Shown(GREY, Caption(str(number), "1")) for number in range(count)]
        height, width = gallery(shown, title="many", side=24).shape[:2]
        assert 0.6 < height / width * 1.5 < 1.6 or count == 1


def test_a_picture_that_has_gone_says_why():
    assert in_cell("").min() > 200
    assert in_cell("its file has gone or changed").min() < 150
    assert in_cell("a-word-that-is-far-too-long " * 90).shape == (CELL, CELL, 3)


def test_long_names_keep_both_ends():
    names = [f"shoes-bf78527f-55ab-4a9d-a5f8-{number:012}.jpg" for number in (1, 2)]
    short = [shorten(name, CELL) for name in names]
    assert len(set(short)) == 2
    for text in short:
        assert text.startswith("shoes-")
        assert text.endswith(".jpg")
        assert text_width(text) <= CELL
    assert shorten("a.jpg", CELL) == "a.jpg"


def test_a_channel_that_answers_to_nothing_has_a_card_without_patches():
    assert card().shape[1] == card(1.0).shape[1]
    assert card().shape[0] < card(1.0).shape[0]


def test_letters_that_the_font_lacks_come_from_another_or_are_replaced(monkeypatch):
    own = ImageFont.load_default(12)
    monkeypatch.setattr(lettering, "_fonts", lambda: [own])
    lettering._lettered.cache_clear()
    assert lettering._lettered("Mütze größer Ж写.jpg") == (own, "Mutze gro?er ??.jpg")
    other = ImageFont.load_default(20)
    monkeypatch.setattr(lettering, "_fonts", lambda: [own, other])
    monkeypatch.setattr(lettering, "_has", lambda font, letter: font is other or letter.isascii())
    lettering._lettered.cache_clear()
    assert lettering._lettered("Mütze") == (other, "Mütze")
    assert lettering._lettered("cap") == (own, "cap")
    lettering._lettered.cache_clear()
