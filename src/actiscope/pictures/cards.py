"""A card: patches of pictures to which a channel answers, its statistics and its histogram.

A channel answers by values above zero, so only those are drawn over a patch.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from actiscope.geometry import Box, Geometry
from actiscope.images.pixels import Pixels
from actiscope.pictures.colorbar import colorbar
from actiscope.pictures.colormaps import UNIFORM
from actiscope.pictures.gallery import (
    CELL,
    GAP,
    LINE,
    MARGIN,
    Caption,
    beside,
    caption_strip,
    in_cell,
)
from actiscope.pictures.lettering import FAINT, INK, PAPER, draw_text, format_value, stack, strip
from actiscope.pictures.overlay import overlay
from actiscope.pictures.picture import Picture
from actiscope.pictures.tiling import tile

_COLUMNS = 5
_HISTOGRAM = (250, 72)
_BAR = (47, 102, 144)
_ZERO = (200, 80, 20)

_KEY = (
    "Above, what a unit sees, in a box where more is shown; below, in grey, its channel over it. "
    "Rows and columns count from 0."
)

NOTHING = "It answers to nothing: all of its values are zero."
"""What is said of a channel without patches."""

BARS = 50
"""Bars of the histogram."""


class Patch(NamedTuple):
    """What a unit sees of a picture, and what its channel answers to the picture.

    Parameters
    ----------
    image : ndarray of uint8, (H, W, 3), or str
        The whole picture; why there is none.
    field : Box
        What the unit sees, in pixels.
    channel : ndarray, (h, w), or None
        The channel's values.
    geometry : Geometry, optional
        Where its units look on the picture; stretched without it.
    caption : Caption
        Its value, where it is, and its name.
    """

    image: Pixels | str
    field: Box
    channel: npt.NDArray[np.floating] | None
    geometry: Geometry | None
    caption: Caption


def channel_card(
    patches: Sequence[Patch],
    *,
    title: str,
    lines: Sequence[str],
    values: tuple[float, float],
    histogram: Sequence[float] | npt.NDArray[np.float64],
) -> Picture:
    """Draw a card: each patch as it is, and below it in grey with the channel over it.

    Where a patch shows more than the field, the field is outlined.

    Parameters
    ----------
    patches : sequence of Patch
        From the first; none of a channel that answers to nothing.
    title : str
        What the card is of.
    lines : sequence of str
        What is said of it.
    values : (float, float)
        Its smallest and largest value; all patches have one scale, from zero to the largest.
    histogram : sequence of float
        Heights of its bars, 0-1, from the smallest to the largest value.

    Returns
    -------
    Picture
        uint8 RGB.
    """
    is_active = values[1] > 0
    limits = (0.0, values[1] if is_active else 1.0)
    cells = [_cell(patch, limits) for patch in patches]
    rows = [beside(cells[start : start + _COLUMNS]) for start in range(0, len(cells), _COLUMNS)]
    width = max(_COLUMNS * (CELL + GAP), _HISTOGRAM[0])
    head = stack(
        [
            strip(width, LINE + 6, [(0.0, title, "l", INK)]),
            *(strip(width, LINE, [(0.0, line, "l", FAINT)]) for line in lines),
        ]
    )
    foot = [_bars(histogram, values)]
    if is_active:
        label = "activation, clear at zero"
        foot.insert(0, colorbar(_HISTOGRAM[0], limits, UNIFORM, label, laid_over=True))
    key = strip(width, LINE, [(0.0, _KEY if patches else NOTHING, "l", FAINT)])
    return tile(
        [stack([head, *rows, beside(foot), key], gap=GAP)], (1, 1), border=MARGIN, background=PAPER
    )


def _cell(patch: Patch, limits: tuple[float, float]) -> Pixels:
    drawn: Pixels | str = ""
    if not isinstance(patch.image, str) and patch.channel is not None:
        above = np.maximum(patch.channel, 0)
        drawn = np.asarray(
            overlay(patch.image, above, geometry=patch.geometry, limits=limits, colormap=UNIFORM)
        )
    parts = [in_cell(each, patch.field) for each in (patch.image, drawn)]
    return stack([caption_strip(patch.caption), *parts], gap=2)


def _bars(
    heights: Sequence[float] | npt.NDArray[np.float64], values: tuple[float, float]
) -> Pixels:
    """Draw a histogram."""
    width, height = _HISTOGRAM
    image = Image.new("RGB", (width, height), PAPER)
    draw = ImageDraw.Draw(image)
    draw_text(draw, (0, 8), "how often each value, logarithmic", "lm", FAINT)
    base, wide = height - LINE, width / len(heights)
    for place, tall in enumerate(heights):
        if tall:
            left, top = place * wide, base - tall * (base - LINE)
            draw.rectangle((left, top, left + wide - 2, base), fill=_BAR)
    if values[0] < 0 < values[1]:
        zero = width * -values[0] / (values[1] - values[0])
        draw.line((zero, LINE, zero, base), fill=_ZERO)
    draw_text(draw, (0, height - 8), format_value(values[0]), "lm", INK)
    draw_text(draw, (width, height - 8), format_value(values[1]), "rm", INK)
    return np.asarray(image)
