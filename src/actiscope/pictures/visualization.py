"""Pictures that channels answer to, side by side."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from actiscope.pictures.lettering import FAINT, INK, PAPER, format_value, stack, strip, text_width
from actiscope.pictures.picture import Picture
from actiscope.pictures.tiling import default_columns, tile

_SMALLEST = 128
_LINE = 18
_GAP = 6


def visualization_grid(
    pictures: Sequence[npt.ArrayLike], channels: Sequence[int], values: Sequence[float]
) -> Picture:
    """Draw pictures in a grid, each under its channel's number and the value that it reaches.

    Parameters
    ----------
    pictures : sequence of array_like, (H, W, 3)
        uint8, of one size; small ones are enlarged by a whole factor.
    channels : sequence of int
        Of each picture.
    values : sequence of float
        Of each picture.

    Returns
    -------
    Picture
        uint8 RGB.
    """
    tiles = []
    for picture, channel, value in zip(pictures, channels, values, strict=True):
        pixels = np.asarray(picture)
        factor = -(-_SMALLEST // max(pixels.shape[:2]))
        large = pixels.repeat(factor, 0).repeat(factor, 1)
        reached = format_value(value)
        width = max(large.shape[1], text_width(f"{channel} {reached}") + _GAP)
        words = [(0.0, str(channel), "l", INK), (float(width), reached, "r", FAINT)]
        tiles.append(stack([strip(width, _LINE, words), large]))
    columns = default_columns(len(tiles), *tiles[0].shape[:2])
    return tile(tiles, (None, columns), border=_GAP, background=PAPER)
