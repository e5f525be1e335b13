"""Strokes of a brush, and what they leave alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actiscope import ArgumentError
from actiscope.images.edits import TOOLS, Stroke, cover, edit, fill

EYE = [(103.5, 125.5), (103.5, 149.5)]


@pytest.mark.parametrize("tool", TOOLS)
def test_only_pixels_within_the_stroke_change(a1, tool):
    stroke = Stroke(tool, 7, EYE)
    mask = cover(stroke, (227, 227))
    edited = edit(a1, [stroke])
    assert np.array_equal(edited[~mask], a1[~mask])
    assert (edited[mask] != a1[mask]).any(axis=1).mean() > 0.9


@pytest.mark.parametrize("tool", TOOLS)
def test_the_same_strokes_give_the_same_pixels(a1, tool):
    strokes = [Stroke(tool, 7, EYE), Stroke(tool, 3.5, [(20, 20)])]
    before = a1.copy()
    assert np.array_equal(edit(a1, strokes), edit(a1, strokes))
    assert np.array_equal(a1, before)


def test_a_stroke_is_the_pixels_whose_centres_are_near_its_lines():
    dot = cover(Stroke("flat", 1, [(2.5, 2.5)]), (5, 5))
    assert dot.astype(int).tolist() == [
        [0, 0, 0, 0, 0],
        [0, 0, 1, 0, 0],
        [0, 1, 1, 1, 0],
        [0, 0, 1, 0, 0],
        [0, 0, 0, 0, 0],
    ]
    line = cover(Stroke("flat", 0.6, [(0.5, 0.5), (0.5, 3.5), (2.5, 3.5)]), (4, 5))
    assert line.astype(int).tolist() == [
        [1, 1, 1, 1, 0],
        [0, 0, 0, 1, 0],
        [0, 0, 0, 1, 0],
        [0, 0, 0, 0, 0],
    ]


def test_flat_is_the_mean_of_what_surrounds_the_stroke():
    picture = np.zeros((9, 40, 3), np.uint8)
    picture[:, 20:] = (100, 50, 10)
    edited = edit(picture, [Stroke("flat", 3, [(4.5, 20)])])
    assert edited[4, 18].tolist() == edited[4, 21].tolist() == [50, 25, 5]
    assert edited[4, 30].tolist() == [100, 50, 10]


def test_flat_takes_a_colour():
    edited = edit(np.zeros((3, 3, 3), np.uint8), [Stroke("flat", 9, [(0, 0)], (1, 2, 3))])
    assert (edited == (1, 2, 3)).all()


def test_inpainting_continues_a_gradient():
    ramp = np.repeat(np.repeat(np.arange(0, 240, 4, np.uint8)[:, None], 60, 1)[..., None], 3, 2)
    for radius in (5, 25):
        edited = edit(ramp, [Stroke("inpaint", radius, [(30, 30)])])
        assert np.abs(edited.astype(int) - ramp).max() <= 1, radius


def test_a_large_part_is_filled_from_its_surroundings():
    ramp = np.repeat(np.arange(300)[:, None] * np.ones(300, int), 1, 0)
    ramp = np.repeat((ramp * 0.8).astype(np.uint8)[..., None], 3, 2)
    stroke = Stroke("inpaint", 120, [(150, 150)])
    assert cover(stroke, (300, 300)).sum() > 40_000
    edited = edit(ramp, [stroke])
    assert np.abs(edited.astype(int) - ramp).max() <= 10


def test_blur_is_strong_for_the_brush():
    stripes = np.zeros((60, 60, 3), np.uint8)
    stripes[:, ::8] = stripes[:, 1::8] = stripes[:, 2::8] = stripes[:, 3::8] = 255
    edited = edit(stripes, [Stroke("blur", 8, [(30, 30)])])
    assert np.abs(edited[26:34, 26:34].astype(int) - 127).max() < 12


@pytest.mark.parametrize("tool", TOOLS)
def test_strokes_may_lie_partly_or_wholly_outside(a1, tool):
    outside = Stroke(tool, 10, [(-50, -50), (-50, 400)])
    assert np.array_equal(edit(a1, [outside]), a1)
    corner = Stroke(tool, 10, [(-5, 226), (5, 240)])
    mask = cover(corner, (227, 227))
    assert 0 < mask.sum() < 200
    assert np.array_equal(edit(a1, [corner])[~mask], a1[~mask])


@pytest.mark.parametrize("tool", ["inpaint", "flat"])
def test_a_stroke_over_the_whole_picture_has_nothing_to_be_filled_from(a1, tool):
    with pytest.raises(ArgumentError, match="nothing of the picture is left"):
        edit(a1, [Stroke(tool, 400, [(100, 100)])])


@pytest.mark.parametrize("tool", ["blur", "noise"])
def test_the_whole_picture_can_be_blurred_or_made_noise(a1, tool):
    edited = edit(a1, [Stroke(tool, 400, [(100, 100)])])
    assert edited.shape == a1.shape
    assert edited.std() < a1.std() if tool == "blur" else edited.std() > 70


@settings(max_examples=30)
@given(
    st.sampled_from(TOOLS),
    st.integers(1, 12),
    st.integers(1, 12),
    st.floats(0.1, 20),
    st.lists(st.tuples(st.floats(-5, 17), st.floats(-5, 17)), min_size=1, max_size=4),
)
def test_any_stroke_on_any_small_picture(tool, height, width, radius, points):
    picture = np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8)
    stroke = Stroke(tool, radius, points)
    mask = cover(stroke, (height, width))
    if mask.all() and tool in ("inpaint", "flat"):
        return
    assert np.array_equal(edit(picture, [stroke])[~mask], picture[~mask])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"tool": "eraser"}, "a tool is inpaint, blur, flat, noise, not 'eraser'"),
        ({"radius": 0}, "greater than 0"),
        ({"radius": float("nan")}, "greater than 0"),
        ({"points": []}, "at least one point"),
        ({"points": [(1, float("nan"))]}, "a point is"),
        ({"points": [(1,)]}, "a point is"),
        ({"colour": (0, 0, 256)}, "three numbers in 0-255"),
    ],
)
def test_what_is_no_stroke_is_refused(options, said):
    with pytest.raises(ArgumentError, match=said):
        Stroke(**{"tool": "flat", "radius": 1, "points": [(0, 0)], **options})


@pytest.mark.parametrize("tool", ["inpaint", "blur", "flat", "noise"])
def test_a_mask_is_painted_over_and_nothing_else(tool):
    picture = np.random.default_rng(1).integers(0, 256, (40, 50, 3), dtype=np.uint8)
    mask = np.zeros((40, 50), dtype=bool)
    mask[5:20, 30:45] = True
    filled = fill(picture, mask, tool)
    assert (filled[~mask] == picture[~mask]).all()
    assert (filled[mask] != picture[mask]).any()


def test_a_flat_mask_takes_the_colour_that_is_given():
    mask = np.zeros((9, 9), dtype=bool)
    mask[2:4] = True
    filled = fill(np.zeros((9, 9, 3), dtype=np.uint8), mask, "flat", colour=(1, 2, 3))
    assert (filled[mask] == (1, 2, 3)).all()
