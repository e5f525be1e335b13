import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from actiscope import ArgumentError, tile


def arrays_of(case):
    """The oracle writes stacks as rows, columns, colours, frames; here frames come first."""
    given = case["input"]
    if isinstance(given, list):
        return [None if one is None else np.array(one["data"], dtype=one["dtype"]) for one in given]
    array = np.array(given["data"], dtype=given["dtype"])
    if array.ndim == 3:
        return np.moveaxis(array, 2, 0)
    stack = np.moveaxis(array, 3, 0)
    return stack[..., 0] if stack.shape[3] == 1 else stack


def test_oracle(oracle):
    for case in oracle("vectors")["imtile"]:
        options = dict(case["options"])
        if "frames" in options:
            options["frames"] = [frame - 1 for frame in options["frames"]]
        got = tile(arrays_of(case), **options)
        wanted = np.array(case["out"]["data"], dtype=case["out"]["dtype"])
        assert got.dtype == wanted.dtype, case["name"]
        np.testing.assert_allclose(got, wanted, rtol=0, atol=1e-12, err_msg=case["name"])


def test_default_grids(oracle):
    for height, width, count, rows, cols in oracle("vectors")[
        "default_grid_examples_h_w_K_to_rows_cols"
    ]:
        assert tile(np.zeros((count, height, width))).shape == (rows * height, cols * width)


@given(
    st.integers(1, 9), st.integers(1, 5), st.integers(1, 5), st.integers(1, 4), st.integers(1, 4)
)
def test_every_frame_is_found_again(count, height, width, rows, cols):
    stack = np.random.default_rng(count).normal(size=(count, height, width))
    whole = np.asarray(tile(stack, (rows, cols)))
    assert whole.shape == (rows * height, cols * width)
    for index in range(rows * cols):
        row, col = divmod(index, cols)
        cell = whole[row * height : (row + 1) * height, col * width : (col + 1) * width]
        assert np.array_equal(cell, stack[index] if index < count else np.zeros((height, width)))


def test_border_and_background():
    whole = tile(np.ones((2, 2, 2), np.uint8), (1, 2), border=(1, 2), background=9)
    assert whole.tolist() == [
        [9] * 12,
        [9, 9, 1, 1, 9, 9, 9, 9, 1, 1, 9, 9],
        [9, 9, 1, 1, 9, 9, 9, 9, 1, 1, 9, 9],
        [9] * 12,
    ]
    coloured = tile([np.zeros((1, 1), np.uint8), None], (1, 2), background=(1, 2, 3))
    assert coloured.tolist() == [[[0, 0, 0], [1, 2, 3]]]


def test_thumbnails_keep_the_aspect(a1):
    whole = np.asarray(tile([a1], (1, 1), thumbnail=(100, 50), background=7))
    assert whole.shape == (100, 50, 3)
    assert (whole[:25, :50] == 7).all()
    assert (whole[25:75, :50] != 7).any(axis=2).all()


def test_frames_are_taken_and_checked():
    stack = np.arange(3)[:, np.newaxis, np.newaxis]
    assert tile(stack, (1, 2), frames=[2, 0]).tolist() == [[2, 0]]
    with pytest.raises(ArgumentError, match="no frame 3: frames are 0-2"):
        tile(stack, frames=[3])


@pytest.mark.parametrize(
    ("images", "options", "message"),
    [
        ([], {}, "no picture"),
        ([None], {}, "no picture"),
        (np.zeros((5, 5, 3), np.uint8), {}, "pass it in a list"),
        (np.zeros((2, 2, 2, 2)), {}, "expected frames"),
        ([np.zeros((2, 2, 4))], {}, r"a picture is \(H, W\)"),
        ([np.array([["a"]])], {}, "holds numbers"),
        (np.zeros((1, 2, 2)), {"grid": (0, 2)}, "a grid is positive"),
        (np.zeros((1, 2, 2)), {"grid": 3}, "a grid is two whole numbers"),
        (np.zeros((1, 2, 2)), {"border": -1}, "not negative"),
        (np.zeros((1, 2, 2)), {"border": (1, 2, 3)}, "one or two whole numbers"),
        (np.zeros((1, 2, 2), np.uint8), {"background": 300}, "is no uint8"),
        (np.zeros((1, 2, 2), np.uint8), {"background": 0.5}, "is no uint8"),
        (np.zeros((1, 2, 2)), {"background": (1, 2)}, "one number or three"),
        (np.zeros((1, 2, 2)), {"thumbnail": (0, 1)}, "a thumbnail is positive"),
    ],
)
def test_bad_arguments(images, options, message):
    with pytest.raises(ArgumentError, match=message):
        tile(images, **options)


def test_inputs_are_not_changed(a1):
    before = a1.copy()
    tile([a1, a1[:50, :80]], border=2)
    assert np.array_equal(a1, before)
