"""A card: patches of pictures to which a channel answers, its statistics and its histogram.

A channel answers by values above zero, so only those are drawn over a patch. A field of a few
pixels says nothing by itself: it is shown with what lies around it.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from actiscope.errors import ArgumentError
from actiscope.geometry import Box, Geometry
from actiscope.images.pixels import Pixels
from actiscope.pictures.colorbar import colorbar
from actiscope.pictures.colormaps import UNIFORM
from actiscope.pictures.lettering import (
    FAINT,
    INK,
    PAPER,
    draw_text,
    format_value,
    paper,
    stack,
    strip,
    text_width,
)
from actiscope.pictures.overlay import overlay
from actiscope.pictures.picture import Picture
from actiscope.pictures.resizing import resize
from actiscope.pictures.tiling import tile

_CELL = 132
_GAP = 6
_LINE = 17
_COLUMNS = 5
_MARGIN = 12
_HISTOGRAM = (250, 72)
_BAR = (47, 102, 144)
_BLANK = (236, 238, 240)
_LEAST = 1 / 6
"""Share of the picture, by height and by width, that a patch shows at least."""

BARS = 50
"""Bars of the histogram."""


class Patch(NamedTuple):
    """What a unit sees of a picture, and what its channel answers to the picture.

    Parameters
    ----------
    image : ndarray of uint8, (H, W, 3), or None
        The whole picture; None if there is none any more.
    field : Box
        What the unit sees, in pixels.
    channel : ndarray, (h, w), or None
        The channel's values.
    geometry : Geometry, optional
        Where its units look on the picture; stretched without it.
    caption : (str, str)
        Its value and its name.
    """

    image: Pixels | None
    field: Box
    channel: npt.NDArray[np.floating] | None
    geometry: Geometry | None
    caption: tuple[str, str]


def part_shown(field: Box, size: tuple[int, int]) -> Box:
    """Return the part of a picture that a patch shows.

    Parameters
    ----------
    field : Box
        What a unit sees, in pixels.
    size : (int, int)
        Height and width of the picture.

    Returns
    -------
    Box
        The field, or if it is small the sixth of the picture around it, in pixels of which none is
        cut.

    Examples
    --------
    >>> part_shown(Box(10, 100, 14, 200), (60, 300))
    Box(top=7, left=100, bottom=17, right=200)
    """
    missing = (
        max(_LEAST * size[0] - (field.bottom - field.top), 0) / 2,
        max(_LEAST * size[1] - (field.right - field.left), 0) / 2,
    )
    part = field.grown(*missing)
    return Box(
        max(math.floor(part.top), 0),
        max(math.floor(part.left), 0),
        min(math.ceil(part.bottom), size[0]),
        min(math.ceil(part.right), size[1]),
    )


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
        From the first.
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

    Raises
    ------
    ArgumentError
        If there is no patch.
    """
    if not patches:
        raise ArgumentError("a card needs at least one patch")
    limits = (0.0, values[1] if values[1] > 0 else 1.0)
    cells = [_cell(patch, limits) for patch in patches]
    rows = [_beside(cells[start : start + _COLUMNS]) for start in range(0, len(cells), _COLUMNS)]
    width = max(_COLUMNS * (_CELL + _GAP), _HISTOGRAM[0])
    head = stack(
        [
            strip(width, _LINE + 6, [(0.0, title, "l", INK)]),
            *(strip(width, _LINE, [(0.0, line, "l", FAINT)]) for line in lines),
        ]
    )
    foot = _beside(
        [colorbar(_HISTOGRAM[0], limits, UNIFORM, "activation"), _bars(histogram, values)]
    )
    return tile([stack([head, *rows, foot], gap=_GAP)], (1, 1), border=_MARGIN, background=PAPER)


def _cell(patch: Patch, limits: tuple[float, float]) -> Pixels:
    value, name = patch.caption
    left = text_width(value) + 8
    texts = [(0.0, value, "l", INK), (float(left), _shorten(name, _CELL - left), "l", FAINT)]
    if patch.image is None or patch.channel is None:
        parts = [np.full((_CELL, _CELL, 3), _BLANK, dtype=np.uint8)] * 2
    else:
        above = np.maximum(patch.channel, 0)
        drawn = overlay(
            patch.image, above, geometry=patch.geometry, limits=limits, colormap=UNIFORM
        )
        parts = [_crop(each, patch.field) for each in (patch.image, np.asarray(drawn))]
    return stack([strip(_CELL, _LINE, texts), *parts], gap=2)


def _shorten(text: str, width: int) -> str:
    """Cut a text to a width."""
    if text_width(text) <= width:
        return text
    while text and text_width(f"{text}…") > width:
        text = text[:-1]
    return f"{text}…"


def _crop(picture: Pixels, field: Box) -> Pixels:
    """Return the part of a picture around a field, fitted into a cell, and the field outlined."""
    part = part_shown(field, (picture.shape[0], picture.shape[1]))
    top, left, bottom, right = map(int, part)
    scale = _CELL / max(bottom - top, right - left)
    height, width = (max(round(scale * side), 1) for side in (bottom - top, right - left))
    corner = (_CELL - height) // 2, (_CELL - width) // 2
    cell = paper(_CELL, _CELL)
    place = slice(corner[0], corner[0] + height), slice(corner[1], corner[1] + width)
    cell[place] = resize(picture[top:bottom, left:right], (height, width))
    if (math.ceil(field.bottom) - math.floor(field.top) >= bottom - top) and (
        math.ceil(field.right) - math.floor(field.left) >= right - left
    ):
        return cell
    image = Image.fromarray(cell)
    sides = [
        corner[1] + scale * (field.left - left),
        corner[0] + scale * (field.top - top),
        corner[1] + scale * (field.right - left) - 1,
        corner[0] + scale * (field.bottom - top) - 1,
    ]
    draw = ImageDraw.Draw(image)
    draw.rectangle([sides[0] - 1, sides[1] - 1, sides[2] + 1, sides[3] + 1], outline=(0, 0, 0))
    draw.rectangle(sides, outline=(255, 255, 255))
    return np.asarray(image)


def _beside(pictures: Sequence[Pixels]) -> Pixels:
    height = max(picture.shape[0] for picture in pictures)
    parts = []
    for picture in pictures:
        parts.append(stack([picture, paper(height - picture.shape[0], picture.shape[1])]))
        parts.append(paper(height, _GAP))
    return np.concatenate(parts, axis=1)


def _bars(
    heights: Sequence[float] | npt.NDArray[np.float64], values: tuple[float, float]
) -> Pixels:
    """Draw a histogram."""
    width, height = _HISTOGRAM
    image = Image.new("RGB", (width, height), PAPER)
    draw = ImageDraw.Draw(image)
    draw_text(draw, (0, 8), "how often each value, logarithmic", "lm", FAINT)
    base, wide = height - _LINE, width / len(heights)
    for place, tall in enumerate(heights):
        if tall:
            left, top = place * wide, base - tall * (base - _LINE)
            draw.rectangle((left, top, left + wide - 2, base), fill=_BAR)
    draw_text(draw, (0, height - 8), format_value(values[0]), "lm", INK)
    draw_text(draw, (width, height - 8), format_value(values[1]), "rm", INK)
    return np.asarray(image)
