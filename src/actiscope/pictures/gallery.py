"""Pictures side by side, each with a caption.

A field of a few pixels says nothing by itself: it is shown with what lies around it.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from actiscope.errors import ArgumentError
from actiscope.geometry import Box
from actiscope.images.pixels import Pixels
from actiscope.pictures.lettering import (
    FAINT,
    INK,
    PAPER,
    paper,
    stack,
    strip,
    text_width,
)
from actiscope.pictures.picture import Picture
from actiscope.pictures.resizing import resize
from actiscope.pictures.tiling import tile

CELL = 132
"""Height and width of a picture."""
GAP = 6
LINE = 17
MARGIN = 12
_BLANK = (236, 238, 240)
_LEAST = 1 / 6
"""Share of the picture, by height and by width, that a patch shows at least."""


class Shown(NamedTuple):
    """A picture, or the part of it around a field, with a caption.

    Parameters
    ----------
    image : ndarray of uint8, (H, W, 3), or None
        The whole picture; None if there is none any more.
    caption : (str, str)
        What is said of it, first what matters.
    field : Box, optional
        What is shown of it, in pixels; all by default.
    """

    image: Pixels | None
    caption: tuple[str, str]
    field: Box | None = None


def gallery(shown: Sequence[Shown], *, title: str, columns: int) -> Picture:
    """Lay pictures out in rows.

    Parameters
    ----------
    shown : sequence of Shown
        From the first.
    title : str
        What they are.
    columns : int
        At most how many are in a row.

    Returns
    -------
    Picture
        uint8 RGB.

    Raises
    ------
    ArgumentError
        If there are none.
    """
    if not shown:
        raise ArgumentError("there is no picture to show")
    columns = min(columns, len(shown))
    cells = [
        stack([caption_strip(each.caption), in_cell(each.image, each.field)], gap=2)
        for each in shown
    ]
    rows = [beside(cells[start : start + columns]) for start in range(0, len(cells), columns)]
    head = strip(max(columns * (CELL + GAP), text_width(title)), LINE + 6, [(0.0, title, "l", INK)])
    return tile([stack([head, *rows], gap=GAP)], (1, 1), border=MARGIN, background=PAPER)


def caption_strip(caption: tuple[str, str]) -> Pixels:
    """Write a caption, its second text cut to the width of a cell."""
    first, second = caption
    left = text_width(first) + 8
    texts = [(0.0, first, "l", INK), (float(left), _shorten(second, CELL - left), "l", FAINT)]
    return strip(CELL, LINE, texts)


def beside(pictures: Sequence[Pixels]) -> Pixels:
    """Put pictures beside each other, on paper."""
    height = max(picture.shape[0] for picture in pictures)
    parts = []
    for picture in pictures:
        parts.append(stack([picture, paper(height - picture.shape[0], picture.shape[1])]))
        parts.append(paper(height, GAP))
    return np.concatenate(parts, axis=1)


def part_shown(field: Box, size: tuple[int, int]) -> Box:
    """Return the part of a picture that is shown of a field.

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


def in_cell(picture: Pixels | None, field: Box | None = None) -> Pixels:
    """Fit the part of a picture around a field into a cell; the field is outlined if it is less.

    Parameters
    ----------
    picture : ndarray of uint8, (H, W, 3), or None
        The picture; a blank without it.
    field : Box, optional
        The field; the whole picture by default.

    Returns
    -------
    ndarray of uint8, (132, 132, 3)
        The cell.
    """
    if picture is None:
        return np.full((CELL, CELL, 3), _BLANK, dtype=np.uint8)
    size = picture.shape[0], picture.shape[1]
    field = Box(0, 0, *size) if field is None else field
    top, left, bottom, right = map(int, part_shown(field, size))
    scale = CELL / max(bottom - top, right - left)
    height, width = (max(round(scale * side), 1) for side in (bottom - top, right - left))
    corner = (CELL - height) // 2, (CELL - width) // 2
    cell = paper(CELL, CELL)
    place = slice(corner[0], corner[0] + height), slice(corner[1], corner[1] + width)
    cell[place] = resize(picture[top:bottom, left:right], (height, width))
    if (math.ceil(field.bottom) - math.floor(field.top) >= bottom - top) and (
        math.ceil(field.right) - math.floor(field.left) >= right - left
    ):
        return cell
    sides = (
        corner[1] + scale * (field.left - left),
        corner[0] + scale * (field.top - top),
        corner[1] + scale * (field.right - left) - 1,
        corner[0] + scale * (field.bottom - top) - 1,
    )
    return _outlined(cell, sides)


def _outlined(cell: Pixels, sides: tuple[float, float, float, float]) -> Pixels:
    image = Image.fromarray(cell)
    draw = ImageDraw.Draw(image)
    left, top, right, bottom = sides
    draw.rectangle([left - 1, top - 1, right + 1, bottom + 1], outline=(0, 0, 0))
    draw.rectangle(sides, outline=(255, 255, 255))
    return np.asarray(image)


def _shorten(text: str, width: int) -> str:
    """Cut a text to a width."""
    if text_width(text) <= width:
        return text
    while text and text_width(f"{text}…") > width:
        text = text[:-1]
    return f"{text}…"
