"""Pictures that are read some rows at a time."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from actiscope.errors import ImageError, ImageSizeError, one_line
from actiscope.extras import require
from actiscope.images.pixels import Pixels, to_rgb
from actiscope.images.reading import ImageSource, read_image

if TYPE_CHECKING:
    from tifffile import TiffPage

_MARKS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_BLACK_IS_ZERO, _RGB, _YCBCR = 1, 2, 6
_JPEG = 7
_UPRIGHT = 1
_TOGETHER = 1
_ALPHA = 2
_MOST_AT_ONCE = 1 << 24
"""Pixels of a piece of a TIFF: larger ones would be decoded as a whole for each band of it."""


@dataclass(frozen=True)
class Bands:
    """A picture that is read some rows at a time.

    Parameters
    ----------
    size : (int, int)
        Height and width.
    read : callable
        From the first row and the one after the last to uint8 RGB, (rows, W, 3).
    """

    size: tuple[int, int]
    read: Callable[[int, int], Pixels]


def open_bands(source: ImageSource) -> Bands:
    """Open a picture to be read some rows at a time.

    Parameters
    ----------
    source : path, bytes, binary file, PIL image or array
        Whatever `actiscope.read_image` reads; the pixels are the same. Of a TIFF file in tiles or
        strips (grey or RGB, with or without alpha, 8 or 16 bits) only what is asked for is decoded,
        and an array may be a memory map; anything else is decoded once and kept.

    Returns
    -------
    Bands
        The picture.

    Raises
    ------
    ImageError
        If it cannot be read or is no picture.
    ImageSizeError
        If it has too many pixels to be decoded as a whole.
    MissingExtraError
        If what reads a TIFF in parts is not installed.
    """
    if isinstance(source, np.ndarray):
        return _bands_of_array(source)
    if isinstance(source, str | os.PathLike) and _is_tiff(Path(source)):
        found = _bands_of_tiff(Path(source))
        if found is not None:
            return found
    try:
        return _bands_of_array(read_image(source))
    except ImageSizeError as error:
        raise ImageSizeError(
            f"{error}, or save it as a TIFF in tiles, which is read in parts"
        ) from None


def _bands_of_array(array: np.ndarray[Any, Any]) -> Bands:
    to_rgb(array[:1])  # refuses what is no picture
    return Bands((len(array), array.shape[1]), lambda first, last: to_rgb(array[first:last]))


def _is_tiff(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(4) in _MARKS
    except OSError:
        return False  # which `read_image` tells better


def _bands_of_tiff(path: Path) -> Bands | None:
    """Return the first page of a TIFF file, None if it has to be decoded as a whole."""
    require("imagecodecs")
    import tifffile
    import zarr

    def read(first: int, last: int) -> Pixels:
        try:
            with tifffile.TiffFile(path) as file:
                rows = zarr.open_array(file.pages.first.aszarr(), mode="r")[first:last]
        except Exception as error:  # whatever a stranger's file may hold
            raise ImageError(f"{path} is a damaged picture: {one_line(error)}") from None
        return _to_rgb(np.asarray(rows))

    try:
        with tifffile.TiffFile(path) as file:
            page = file.pages.first
            size = page.imagelength, page.imagewidth
            plain = _is_plain(page)
    except Exception as error:
        raise ImageError(f"{path} is a damaged picture: {one_line(error)}") from None
    return Bands(size, read) if plain else None


def _is_plain(page: "TiffPage") -> bool:
    """Say whether parts of a page are pixels as they are."""
    orientation = page.tags.get("Orientation")
    colour = page.photometric in (_BLACK_IS_ZERO, _RGB) or (
        page.photometric == _YCBCR and page.compression == _JPEG
    )
    return (
        colour
        and page.dtype in (np.uint8, np.uint16)
        and page.bitspersample in (8, 16)
        and page.planarconfig == _TOGETHER
        and page.samplesperpixel in (1, 3, 4)
        and tuple(page.extrasamples) in ((), (_ALPHA,))
        and (orientation is None or orientation.value == _UPRIGHT)
        and page.chunks[0] * page.chunks[1] <= _MOST_AT_ONCE
    )


def _to_rgb(rows: np.ndarray[Any, Any]) -> Pixels:
    """Return rows as `read_image` would: colour of 16 bits keeps its high byte, grey is rounded."""
    if rows.dtype == np.uint16 and rows.ndim == 3 and rows.shape[2] > 1:
        rows = (rows >> 8).astype(np.uint8)
    return to_rgb(rows)
