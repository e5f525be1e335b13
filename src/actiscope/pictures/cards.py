"""A card: patches of pictures to which a channel answers, its statistics and its histogram."""

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
from actiscope.pictures.limits import shown_limits
from actiscope.pictures.overlay import overlay, overlay_colormap
from actiscope.pictures.picture import Picture
from actiscope.pictures.tiling import tile

_CELL = 132
_GAP = 6
_LINE = 17
_COLUMNS = 5
_MARGIN = 12
_HISTOGRAM = (250, 72)
_WIDE = 5
_BAR = (47, 102, 144)
_BLANK = (236, 238, 240)


class Patch(NamedTuple):
    """A part of a picture, and what a channel answers to the picture.

    Parameters
    ----------
    image : ndarray of uint8, (H, W, 3), or None
        The whole picture; None if there is none any more.
    field : Box
        The part, in pixels.
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


def channel_card(
    patches: Sequence[Patch],
    *,
    title: str,
    lines: Sequence[str],
    values: tuple[float, float],
    histogram: tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]],
) -> Picture:
    """Draw a card: each patch as it is, and below it in grey with the channel over it.

    Parameters
    ----------
    patches : sequence of Patch
        From the first.
    title : str
        What the card is of.
    lines : sequence of str
        What is said of it.
    values : (float, float)
        Its smallest and largest value; all patches have one scale from these, and zero, on.
    histogram : (ndarray of float64, ndarray of int64)
        Edges, ascending, and counts between them.

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
    scale = np.array([*values, 0.0])
    colormap = overlay_colormap(scale)
    limits = shown_limits(scale, colormap)
    cells = [_cell(patch, limits, colormap) for patch in patches]
    rows = [_beside(cells[start : start + _COLUMNS]) for start in range(0, len(cells), _COLUMNS)]
    width = max(_COLUMNS * (_CELL + _GAP), _HISTOGRAM[0])
    head = stack(
        [
            strip(width, _LINE + 6, [(0.0, title, "l", INK)]),
            *(strip(width, _LINE, [(0.0, line, "l", FAINT)]) for line in lines),
        ]
    )
    below = colorbar(_HISTOGRAM[0], limits, colormap, "activation")
    foot = _beside([below, _bars(*histogram, values)])
    return tile([stack([head, *rows, foot], gap=_GAP)], (1, 1), border=_MARGIN, background=PAPER)


def _cell(patch: Patch, limits: tuple[float, float], colormap: str) -> Pixels:
    value, name = patch.caption
    left = text_width(value) + 8
    texts = [(0.0, value, "l", INK), (float(left), _shorten(name, _CELL - left), "l", FAINT)]
    if patch.image is None or patch.channel is None:
        parts = [np.full((_CELL, _CELL, 3), _BLANK, dtype=np.uint8)] * 2
    else:
        drawn = overlay(
            patch.image, patch.channel, geometry=patch.geometry, limits=limits, colormap=colormap
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
    """Return a part of a picture, fitted into a cell."""
    part = picture[
        max(math.floor(field.top), 0) : math.ceil(field.bottom),
        max(math.floor(field.left), 0) : math.ceil(field.right),
    ]
    return np.asarray(tile([part], (1, 1), thumbnail=(_CELL, _CELL), background=PAPER))


def _beside(pictures: Sequence[Pixels]) -> Pixels:
    height = max(picture.shape[0] for picture in pictures)
    parts = []
    for picture in pictures:
        parts.append(stack([picture, paper(height - picture.shape[0], picture.shape[1])]))
        parts.append(paper(height, _GAP))
    return np.concatenate(parts, axis=1)


def _bars(
    edges: npt.NDArray[np.float64], counts: npt.NDArray[np.int64], values: tuple[float, float]
) -> Pixels:
    """Draw a histogram: values linear, heights logarithmic."""
    width, height = _HISTOGRAM
    (filled,) = np.nonzero(counts)
    low, high = edges[filled[0]], edges[filled[-1] + 1]
    below = np.concatenate([[0], np.cumsum(counts)])
    shown = np.log1p(np.diff(np.interp(np.linspace(low, high, width // _WIDE + 1), edges, below)))
    image = Image.new("RGB", (width, height), PAPER)
    draw = ImageDraw.Draw(image)
    draw_text(draw, (0, 8), "how often each value, logarithmic", "lm", FAINT)
    base = height - _LINE
    for place, tall in enumerate(shown / shown.max() * (base - _LINE)):
        if tall:
            draw.rectangle((place * _WIDE, base - tall, place * _WIDE + _WIDE - 2, base), fill=_BAR)
    draw_text(draw, (0, height - 8), format_value(values[0]), "lm", INK)
    draw_text(draw, (width, height - 8), format_value(values[1]), "rm", INK)
    return np.asarray(image)
