"""Pictures become PNG."""

import io
import os
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from actiscope.errors import ArgumentError
from actiscope.files import write_file
from actiscope.images.pixels import Pixels, to_uint8

# Feature maps are noise to a compressor: Huffman codes find what there is to find in two thirds
# of the time that looking for matches takes. Photographs have matches.
_MAPS: dict[str, Any] = {"compress_level": 1, "compress_type": zlib.Z_HUFFMAN_ONLY}
_PHOTOGRAPHS: dict[str, Any] = {"compress_level": 1}
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
    image = Image.fromarray(pixels)
    if pixels.ndim == 2:
        image.putpalette((_GREYS if palette is None else palette).tobytes())
    elif palette is not None:
        raise ArgumentError("only a grey picture (H, W) can have a palette")
    buffer = io.BytesIO()
    image.save(buffer, "PNG", **(_MAPS if pixels.ndim == 2 else _PHOTOGRAPHS))
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
