"""Some rows of a picture are those of the whole picture."""

import numpy as np
import pytest
import tifffile
from PIL import Image

from actiscope import ImageError, ImageSizeError, read_image
from actiscope.images.bands import open_bands
from actiscope.images.reading import MAX_PIXELS


def check(path):
    whole = read_image(path)
    bands = open_bands(path)
    assert bands.size == whole.shape[:2]
    height = bands.size[0]
    for first, last in [(0, 1), (0, height), (3, 70), (height - 5, height)]:
        rows = bands.read(first, last)
        assert rows.dtype == np.uint8
        np.testing.assert_array_equal(rows, whole[first:last])


@pytest.mark.parametrize(
    "options",
    [
        {"tile": (64, 64)},
        {"tile": (64, 64), "compression": "deflate"},
        {"tile": (64, 64), "compression": "lzw", "predictor": True, "bigtiff": True},
        {"rowsperstrip": 7, "compression": "deflate"},
        {"rowsperstrip": 7, "byteorder": ">"},
        {},
    ],
)
@pytest.mark.parametrize("kind", ["RGB", "RGBA", "grey", "grey of 16 bits"])
def test_tiff(tmp_path, coffee, options, kind):
    pixels = {
        "RGB": coffee,
        "RGBA": np.dstack([coffee, coffee[..., 0]]),
        "grey": coffee[..., 1],
        "grey of 16 bits": coffee[..., 1].astype(np.uint16) * 251,
    }[kind]
    colour = {"photometric": "rgb"} if pixels.ndim == 3 else {"photometric": "minisblack"}
    alpha = {"extrasamples": ["unassalpha"]} if kind == "RGBA" else {}
    tifffile.imwrite(tmp_path / "a.tif", pixels, **colour, **alpha, **options)
    check(tmp_path / "a.tif")


@pytest.mark.parametrize("mode", ["1", "P", "CMYK", "L", "LA", "YCbCr"])
def test_tiff_in_any_mode(tmp_path, coffee, mode):
    Image.fromarray(coffee).convert(mode).save(tmp_path / "a.tif")
    check(tmp_path / "a.tif")


def test_a_turned_tiff(tmp_path, coffee):
    tifffile.imwrite(tmp_path / "a.tif", coffee, tile=(64, 64), extratags=[(274, 3, 1, 6, True)])
    check(tmp_path / "a.tif")


def test_other_files_and_arrays(tmp_path, coffee):
    Image.fromarray(coffee).save(tmp_path / "a.jpg")
    check(tmp_path / "a.jpg")
    np.save(tmp_path / "a.npy", coffee)
    mapped = np.load(tmp_path / "a.npy", mmap_mode="r")
    np.testing.assert_array_equal(open_bands(mapped).read(10, 20), coffee[10:20])


def test_errors_are_for_people(tmp_path, coffee):
    with pytest.raises(ImageError, match="there is no file"):
        open_bands(tmp_path / "none.tif")
    (tmp_path / "a.tif").write_bytes(b"II*\0nonsense")
    with pytest.raises(ImageError, match="damaged"):
        open_bands(tmp_path / "a.tif")
    tifffile.imwrite(tmp_path / "b.tif", coffee, tile=(64, 64), compression="deflate")
    whole = (tmp_path / "b.tif").read_bytes()
    (tmp_path / "b.tif").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ImageError, match="damaged"):
        open_bands(tmp_path / "b.tif").read(0, 400)
    with pytest.raises(ImageError, match="no picture"):
        open_bands(np.zeros((2, 2, 7)))
    Image.new("1", (MAX_PIXELS // 8000 + 1, 8000)).save(tmp_path / "c.png")
    with pytest.raises(ImageSizeError, match="TIFF"):
        open_bands(tmp_path / "c.png")
