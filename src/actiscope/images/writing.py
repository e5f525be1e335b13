"""Pictures become PNG, and WebP where small matters more than exact."""

import io
import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from actiscope.errors import ArgumentError
from actiscope.files import write_file
from actiscope.images.pixels import Pixels, to_uint8
from actiscope.images.png import encode_indexed

_GREYS = np.repeat(np.arange(256, dtype=np.uint8)[:, np.newaxis], 3, axis=1)


def encode_png(picture: npt.ArrayLike, palette: Pixels | None = None) -> bytes:
    """Encode a picture as PNG.

    Parameters
    ----------
    picture : array_like, (H, W) or (H, W, 3)
        Floats in 0-1 (``round(255 * clip(x, 0, 1))``) or uint8.
    palette : ndarray of uint8, (256, 3), optional
        Colours for a (H, W) picture. It is then written as indexed PNG, which is a third of the
        size of RGB and faster to write.

    Returns
    -------
    bytes
        The file.

    Raises
    ------
    ArgumentError
        If `picture` is no picture, or a palette comes with colours.
    """
    pixels = np.ascontiguousarray(to_uint8(picture))
    if (pixels.ndim == 3 and pixels.shape[2] != 3) or pixels.ndim not in (2, 3) or not pixels.size:
        raise ArgumentError(
            f"a picture is (H, W) or (H, W, 3) and not empty; this has shape {pixels.shape}"
        )
    if pixels.ndim == 2:
        return encode_indexed(pixels, _GREYS if palette is None else palette)
    if palette is not None:
        raise ArgumentError("only a grey picture (H, W) can have a palette")
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def encode_webp(picture: Pixels, quality: int = 75) -> bytes:
    """Encode a picture as WebP, with losses.

    Parameters
    ----------
    picture : ndarray of uint8, (H, W, 3)
        RGB.
    quality : int
        0-100.

    Returns
    -------
    bytes
        The file.
    """
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "WEBP", quality=quality)
    return buffer.getvalue()


def write_png(
    path: str | os.PathLike[str], picture: npt.ArrayLike, palette: Pixels | None = None
) -> Path:
    """Write a picture as a PNG file, whole or not at all.

    Parameters
    ----------
    path : path-like
        The file to write.
    picture, palette
        As in `encode_png`.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    ArgumentError
        If the name does not end in .png, or `picture` is none.
    OutputError
        If it cannot be written.
    """
    if Path(path).suffix.lower() != ".png":
        raise ArgumentError(f"pictures are written as PNG: {str(path)!r} must end in .png")
    return write_file(path, encode_png(picture, palette))
