"""Read any picture a person has."""

import io
import os
import threading
import warnings
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from actiscope.errors import ImageError, ImageSizeError, one_line
from actiscope.images.pixels import Pixels, to_rgb

ImageSource = str | os.PathLike[str] | bytes | IO[bytes] | Image.Image | npt.NDArray[Any]
"""A path, the bytes of a file, an open binary file, a PIL image, or an array."""

MAX_PIXELS = 100_000_000
"""Pictures with more pixels are refused."""

_FORMATS = ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "PPM")
_SIGNATURES = (
    (b"%PDF", "a PDF document"),
    (b"8BPS", "a Photoshop document; export it as PNG"),
    (b"\x93NUMPY", "a NumPy array; load it with np.load and pass the array"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89HDF", "an HDF5 file"),
    (b"MATLAB", "a MATLAB file"),
    (b"<svg", "an SVG drawing; export it as PNG"),
    (b"<?xml", "an XML file"),
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
)
_HEAD = 64
_opening = threading.Lock()


def read_image(source: ImageSource, *, most_pixels: int = MAX_PIXELS) -> Pixels:
    """Read a picture as uint8 RGB.

    Parameters
    ----------
    source : path, bytes, binary file, PIL image or array
        JPEG, PNG, WebP, TIFF, BMP, GIF (the first frame) or PPM, told by the content and not
        by the name. The EXIF orientation is applied. Grey becomes three equal colours, alpha is
        laid over white, palettes and CMYK are converted; grey of more than 8 bits is 0-65535 and
        is divided by 257 and rounded, 16-bit colour keeps its high byte; float pixels lie in 0-1
        and become ``round(255 * x)``. Colour profiles are ignored, as by MATLAB's ``imread``.
    most_pixels : int
        A file with more is refused before it is decoded: a small one can hold billions.

    Returns
    -------
    ndarray of uint8, (H, W, 3)
        The pixels, red first.

    Raises
    ------
    ImageError
        If it cannot be read or is no picture.
    ImageSizeError
        If it has too many pixels.

    Examples
    --------
    >>> read_image(np.zeros((2, 3))).shape
    (2, 3, 3)
    """
    if isinstance(source, Image.Image):
        return _decode(source, "the PIL image", most_pixels)
    if isinstance(source, str | os.PathLike):
        return _read_file(Path(source), most_pixels)
    if isinstance(source, bytes | bytearray | memoryview):
        return _read(io.BytesIO(source), "the data", most_pixels)
    if hasattr(source, "read"):
        data = source.read()
        if not isinstance(data, bytes):
            raise ImageError("the file is open as text; open it with mode 'rb'")
        name = str(getattr(source, "name", None) or "the file").strip("<>")
        return _read(io.BytesIO(data), name, most_pixels)
    try:
        array = np.asarray(source)
    except Exception as error:
        raise ImageError(f"{type(source).__name__} is no picture: {error}") from None
    if array.dtype == object or array.dtype.kind in "US":
        raise ImageError(
            f"{type(source).__name__} is no picture: expected a path, bytes, a file, "
            "a PIL image or an array"
        )
    return to_rgb(array)


def _read_file(path: Path, most_pixels: int) -> Pixels:
    try:
        if path.is_dir():
            raise ImageError(f"{path} is a folder, not a picture")
        with path.open("rb") as file:
            return _read(file, str(path), most_pixels)
    except FileNotFoundError:
        raise ImageError(f"there is no file {path}") from None
    except ImageError:
        raise
    except (OSError, ValueError) as error:
        raise ImageError(f"cannot read {path!s:.200}: {one_line(error)}") from None


def _read(file: IO[bytes], name: str, most_pixels: int) -> Pixels:
    head = file.read(_HEAD)
    if not head:
        raise ImageError(f"{name} is empty (0 bytes)")
    file.seek(0)
    try:
        with _opening, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(file, formats=_FORMATS)
    except Image.DecompressionBombError:
        raise ImageSizeError(
            f"{name} is too large: it has more than {MAX_PIXELS:,} pixels; shrink it first"
        ) from None
    except UnidentifiedImageError:
        raise ImageError(f"{name} is no picture that can be read: {_describe(head)}") from None
    except Exception as error:
        raise ImageError(f"{name} is a damaged picture: {one_line(error)}") from None
    return _decode(image, name, most_pixels)


def _decode(image: Image.Image, name: str, most_pixels: int) -> Pixels:
    width, height = image.size
    if width * height > most_pixels:
        raise ImageSizeError(
            f"{name} is too large: {height:,} x {width:,} is more than {most_pixels:,} pixels; "
            "shrink it first"
        )
    try:
        return to_rgb(_to_array(_upright(image)))
    except ImageError as error:
        raise ImageError(f"{name}: {error}") from None
    except Exception as error:
        raise ImageError(f"{name} is a damaged picture: {one_line(error)}") from None


def _upright(image: Image.Image) -> Image.Image:
    """Apply the EXIF orientation; Pillow would copy what has none, too."""
    image.load()
    if ExifTags.Base.Orientation not in image.getexif():
        return image
    return ImageOps.exif_transpose(image)


def _to_array(image: Image.Image) -> npt.NDArray[Any]:
    """Return the pixels in one of the forms that `to_rgb` takes."""
    if image.mode.startswith("I"):
        return _as_16_bit(np.asarray(image))
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        return np.asarray(image.convert("RGBA"))
    if image.mode in ("RGB", "L", "1", "F"):
        return np.asarray(image)
    return np.asarray(image.convert("RGB"))


def _as_16_bit(array: npt.NDArray[Any]) -> npt.NDArray[np.uint16]:
    if array.min() < 0 or array.max() > 65535:
        raise ImageError(
            f"integer pixels must lie in 0-65535, these lie in {array.min()} to {array.max()}"
        )
    return array.astype(np.uint16)


def _describe(data: bytes) -> str:
    if data[4:11] == b"ftyphei":
        return "it is a HEIC picture; convert it to JPEG or PNG"
    start = data[:64].lstrip()
    for signature, what in _SIGNATURES:
        if start[: len(signature)].lower() == signature.lower():
            return f"it is {what}"
    text = data[:30].decode("latin-1").split("\n")[0]
    if text.isascii() and text.isprintable():
        return f"it is a text that begins with {text!r}"
    return f"it begins with the bytes {data[:8].hex(' ')}; expected JPEG, PNG, WebP, TIFF, BMP, GIF"
