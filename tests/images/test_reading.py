import io
import zlib

import numpy as np
import pytest
from PIL import Image

from actiscope import ImageError, ImageSizeError, read_image


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def photo(a1) -> Image.Image:
    return Image.fromarray(a1)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP", "PPM"])
def test_lossless_formats_give_the_very_pixels(photo, a1, kind):
    assert np.array_equal(read_image(encoded(photo, kind)), a1)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "GIF"])
def test_lossy_formats_come_close(photo, a1, kind):
    got = read_image(encoded(photo, kind))
    assert got.shape == a1.shape
    assert got.dtype == np.uint8
    assert np.abs(got.astype(int) - a1).mean() < 8


def test_every_kind_of_source_gives_the_same(photo, a1, tmp_path):
    path = tmp_path / "wrong-name.jpg"
    data = encoded(photo, "PNG")
    path.write_bytes(data)
    with path.open("rb") as file:
        sources = [path, str(path), data, bytearray(data), file, photo, a1, io.BytesIO(data)]
        for source in sources:
            assert np.array_equal(read_image(source), a1)
    assert np.array_equal(read_image(a1 / 255), a1)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(orientation):
    upright = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    turned = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.swapaxes(0, 1),
        6: upright.swapaxes(0, 1)[::-1],
        7: upright.swapaxes(0, 1)[::-1, ::-1],
        8: upright.swapaxes(0, 1)[:, ::-1],
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(Image.fromarray(np.ascontiguousarray(turned)), "PNG", exif=exif)
    assert np.array_equal(read_image(data), upright)


def test_modes(photo, a1):
    grey = np.asarray(photo.convert("L"))
    assert np.array_equal(read_image(encoded(photo.convert("L"), "PNG")), np.dstack([grey] * 3))
    bits = read_image(encoded(photo.convert("1"), "PNG"))
    assert set(np.unique(bits)) == {0, 255}
    palette = photo.quantize(16)
    assert np.array_equal(read_image(encoded(palette, "PNG")), np.asarray(palette.convert("RGB")))
    cmyk = read_image(encoded(photo.convert("CMYK"), "TIFF"))
    assert np.abs(cmyk.astype(int) - a1).max() <= 1
    assert np.abs(read_image(encoded(photo.convert("CMYK"), "JPEG")).astype(int) - a1).mean() < 8


def test_transparency_is_laid_over_white():
    image = Image.new("RGBA", (1, 1), (0, 0, 0, 0))
    assert read_image(encoded(image, "PNG")).tolist() == [[[255, 255, 255]]]
    palette = Image.new("P", (1, 1), 0)
    palette.putpalette([10, 20, 30])
    assert read_image(encoded(palette, "PNG", transparency=0)).tolist() == [[[255, 255, 255]]]


def test_16_bit_and_float_files():
    deep = np.array([[0, 128, 129, 65535]], dtype=np.uint16)
    for kind in ("PNG", "TIFF"):
        got = read_image(encoded(Image.fromarray(deep), kind))
        assert got[0, :, 0].tolist() == [0, 0, 1, 255]
    floats = np.array([[0, 0.5, 1]], dtype=np.float32)
    assert read_image(encoded(Image.fromarray(floats), "TIFF"))[0, :, 0].tolist() == [0, 128, 255]


def test_16_bit_grey_with_a_transparent_value_and_from_pgm():
    deep = np.array([[0, 1000, 40000, 65535]], dtype=np.uint16)
    wanted = [0, 4, 156, 255]
    marked = encoded(Image.fromarray(deep), "PNG", transparency=0)
    assert read_image(marked)[0, :, 0].tolist() == wanted
    for values in ([0, 100, 200, 255], [0, 100, 200, 256]):
        pgm = b"P5 4 1 65535\n" + np.array(values, dtype=">u2").tobytes()
        assert read_image(pgm)[0, :, 0].tolist() == [0, 0, 1, 1]


def test_first_frame_of_an_animation():
    frames = [Image.new("RGB", (2, 2), colour) for colour in ("red", "blue")]
    for kind in ("GIF", "WEBP"):
        data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], lossless=True)
        assert read_image(data)[0, 0].tolist() == [255, 0, 0]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF"])
def test_truncated_files_are_told(photo, kind):
    data = encoded(photo, kind)
    for length in (len(data) // 2, 30):
        with pytest.raises(ImageError, match=r"damaged|no picture"):
            read_image(data[:length])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 ...", "a PDF document"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"PK\x03\x04aaaa", "a ZIP archive"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", "HEIC picture; convert it"),
        (b"hello there", "a text that begins with 'hello there'"),
        (bytes(range(1, 60)), "begins with the bytes 01 02 03"),
    ],
)
def test_what_a_file_is_instead(data, message):
    with pytest.raises(ImageError, match=message):
        read_image(data)


def test_missing_files_folders_and_odd_things(tmp_path):
    with pytest.raises(ImageError, match="there is no file"):
        read_image(tmp_path / "none.png")
    with pytest.raises(ImageError, match="is a folder"):
        read_image(tmp_path)
    with pytest.raises(ImageError, match="cannot read"):
        read_image("a\0b.png")
    with pytest.raises(ImageError, match="open it with mode 'rb'"):
        read_image(io.StringIO("text"))
    for thing in (None, {"a": 1}, object()):
        with pytest.raises(ImageError, match="expected a path"):
            read_image(thing)


def png_of_size(width: int, height: int) -> bytes:
    """A PNG whose header promises a size that its few bytes do not hold."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0"))


@pytest.mark.parametrize("side", [12_000, 60_000, 2_000_000])
def test_decompression_bombs_are_refused_before_they_are_decoded(side):
    with pytest.raises(ImageSizeError, match="too large"):
        read_image(png_of_size(side, side))
