import io

import numpy as np
import pytest
from PIL import Image

from actiscope import ArgumentError, palette, read_image
from actiscope.images import encode_png, write_png


def test_rgb_and_grey_come_back(a1, tmp_path):
    assert np.array_equal(read_image(encode_png(a1)), a1)
    grey = a1[:, :, 1]
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(encode_png(grey)))), grey)
    assert np.array_equal(read_image(write_png(tmp_path / "x.png", grey))[:, :, 0], grey)


def test_palette_gives_the_colours(a1):
    colours = palette("viridis")
    grey = a1[:, :, 0]
    assert np.array_equal(read_image(encode_png(grey, colours)), colours[grey])


@pytest.mark.parametrize("shape", [(1, 1), (1, 70_000), (70_000, 1), (700, 900)])
def test_indexed_pictures_of_all_shapes(shape):
    positions = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    data = encode_png(positions, palette("magma"))
    with Image.open(io.BytesIO(data)) as image:
        image.verify()
    with Image.open(io.BytesIO(data)) as image:
        assert image.mode == "P"
        assert np.array_equal(np.asarray(image), positions)
        assert np.array_equal(np.asarray(image.convert("RGB")), palette("magma")[positions])


def test_views_with_odd_strides_are_written_right(a1):
    view = a1[::2, ::-3]
    assert np.array_equal(read_image(encode_png(view)), view)


@pytest.mark.parametrize("shape", [(0, 3), (4,), (2, 2, 4), (1, 2, 2, 3)])
def test_odd_shapes_are_refused(shape):
    with pytest.raises(ArgumentError, match=r"a picture is \(H, W\)"):
        encode_png(np.zeros(shape))


def test_colour_has_no_palette(a1):
    with pytest.raises(ArgumentError, match="only a grey picture"):
        encode_png(a1, palette("viridis"))
