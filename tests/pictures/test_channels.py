import numpy as np
import pytest

from actiscope import (
    ArgumentError,
    Box,
    ChannelError,
    Picture,
    channel_grid,
    palette,
    rescale,
    resize,
)
from actiscope.images import to_uint8
from actiscope.pictures import comparison_picture
from actiscope.pictures.lettering import PAPER

LAYER = np.stack([np.full((64, 64), value) for value in (-2.0, 0.0, 1.0, 2.0)])
LAYER[:, 0, 0] += 0.5


def test_plain_grid_is_what_matlab_draws(net, a1):
    act = net.activations(a1, "fire6-squeeze1x1")
    wanted = to_uint8(resize(rescale(act), (64, 64))).reshape(6, 8, 64, 64).swapaxes(1, 2)
    assert np.array_equal(channel_grid(act, grid=(6, 8)), wanted.reshape(384, 512))


@pytest.mark.parametrize(
    ("scale", "limits"),
    [
        ("layer", (-2, 2.5)),
        ("shown", (0, 1.5)),
        ((-1, 1), (-1, 1)),
        ((1, -1), (1, -1)),
        ((5, 5), (0, 1)),
    ],
)
def test_scales(scale, limits):
    """Channels 1 and 2 are 0 and 1 nearly everywhere."""
    grid = channel_grid(LAYER, [1, 2], grid=(1, 2), scale=scale)
    for value, pixel in ((0, grid[32, 32]), (1, grid[32, 96])):
        share = (value - limits[0]) / (limits[1] - limits[0])
        assert pixel == round(255 * min(max(share, 0), 1))


def test_each_channel_alone():
    grid = channel_grid(LAYER, grid=(1, 4), scale="channel")
    assert (grid[32, 32::64] == 0).all()
    assert (grid[0, ::64] == 255).all()


def test_the_bar_of_a_constant_layer_tells_the_truth():
    """Equal values are not scaled: 0.7 is a grey of 70 %, and the bar runs from 0 to 1."""
    constant = np.full((2, 64, 64), 0.7)
    drawn = channel_grid(constant, legend="")
    assert drawn[0, 0, 0] == 179
    assert np.array_equal(drawn[64:], channel_grid(constant, scale=(0, 1), legend="")[64:])


def test_indexed_tiles_are_positions_in_the_palette():
    for colormap in ("viridis", "signed"):
        positions = channel_grid(LAYER, colormap=colormap, indexed=True)
        colours = channel_grid(LAYER, colormap=colormap)
        assert np.array_equal(palette(colormap)[positions], colours)
    with pytest.raises(ArgumentError, match="only plain tiles"):
        channel_grid(LAYER, indexed=True, labels=True)


def test_signed_colours_are_centred_on_zero():
    grid = channel_grid(LAYER, [1], colormap="signed")
    middle = palette("signed")[[127, 128]].astype(int)
    assert np.abs(middle - grid[32, 32].astype(int)).sum(axis=1).min() == 0


def test_labels_and_bar_do_not_touch_the_tiles():
    plain = channel_grid(LAYER, grid=(2, 2))
    labelled = channel_grid(LAYER, grid=(2, 2), labels=True, legend="values")
    assert labelled.shape[2] == 3
    cell = (64 + 16 + 6, 64 + 6)
    for index in range(4):
        row, col = divmod(index, 2)
        top, left = row * cell[0] + 3, col * cell[1] + 3
        got = labelled[top + 16 : top + 80, left : left + 64, 0]
        assert np.array_equal(got, plain[row * 64 : row * 64 + 64, col * 64 : col * 64 + 64])
        label = labelled[top : top + 16, left : left + 64]
        assert (label != PAPER[0]).any(), "a number is written above the tile"


def test_the_bar_runs_from_black_to_white():
    drawn = np.asarray(channel_grid(LAYER, legend=""))
    bar = drawn[drawn.shape[0] - 18 - 6, 8:-8, 0].astype(int)
    assert bar[0] == 0
    assert (np.diff(bar[bar < 255]) >= 0).all()


def test_overlay_tiles_are_as_large_as_the_picture(a1):
    assert channel_grid(LAYER, [0, 1], image=a1, grid=(1, 2)).shape == (227, 454, 3)


def test_input_is_not_changed():
    before = LAYER.copy()
    channel_grid(LAYER, labels=True, legend="x", scale="channel", colormap="signed")
    assert np.array_equal(LAYER, before)


def test_bad_channels():
    with pytest.raises(ChannelError, match="channels are 0-3; MATLAB's 4 is 3 here"):
        channel_grid(LAYER, [4])
    with pytest.raises(ChannelError, match="channels are 0-3"):
        channel_grid(LAYER, [-1])
    with pytest.raises(ArgumentError, match="no channel"):
        channel_grid(LAYER, [])
    with pytest.raises(ArgumentError, match="whole numbers"):
        channel_grid(LAYER, [0.5])
    with pytest.raises(ArgumentError, match=r"a layer is \(C, H, W\)"):
        channel_grid(LAYER[0])
    with pytest.raises(ArgumentError, match="a scale is layer, shown, channel or"):
        channel_grid(LAYER, scale="no such scale")


def test_picture_shows_and_saves_itself(tmp_path):
    picture = Picture(np.linspace(0, 1, 12).reshape(3, 4))
    assert picture.to_pil().size == (4, 3)
    assert picture._repr_png_().startswith(b"\x89PNG")
    assert picture.save(tmp_path / "x.png").exists()
    assert picture[0]._repr_png_() is None


def test_comparison_shares_one_scale(a1, closed):
    before, after = np.zeros((1, 8, 8)), np.zeros((1, 8, 8))
    before[0, 3, 3], after[0, 3, 3] = 10, 5
    drawn = np.asarray(comparison_picture((a1, closed), (before, after), [0]))
    size = 227
    first, second = (
        drawn[10 + 20 + row * (size + 20) :][:size, 10 + size + 6 : 10 + 2 * size + 6, 0]
        for row in (0, 1)
    )
    assert first.max() == 255
    assert second.max() == pytest.approx(255 / 2, abs=3)


def test_comparison_of_unlike_pictures_is_refused(a1):
    with pytest.raises(ArgumentError, match="both pictures must have one size"):
        comparison_picture((a1, a1[:100]), (LAYER, LAYER), [0])
    with pytest.raises(ArgumentError, match="both layers must have one size"):
        comparison_picture((a1, a1), (LAYER, LAYER[:, 1:]), [0])
    with pytest.raises(ArgumentError, match=r"\(C, H, W\)"):
        comparison_picture((a1, a1), (LAYER[0], LAYER[0]), [0])


def test_comparison_takes_any_picture_and_region(a1):
    grey = a1[:, :, 0] / 255
    tiny = {"dot": Box(3, 3, 3.5, 3.5)}
    assert comparison_picture((grey, grey), (LAYER, LAYER), [0], regions=tiny).ndim == 3


def test_small_pictures_are_compared_enlarged():
    small = np.zeros((20, 10, 3), dtype=np.uint8)
    drawn = comparison_picture((small, small), (LAYER, LAYER), [0], regions={"a": Box(5, 2, 9, 6)})
    assert drawn.shape[0] > 3 * 200
    rows, cols = np.nonzero((np.asarray(drawn)[:230, :120] == (255, 176, 0)).all(axis=2))
    assert (np.ptp(rows) + 1, np.ptp(cols) + 1) == (40, 40)
