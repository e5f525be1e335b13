"""Pictures side by side, each with a caption.

A field of a few pixels says nothing by itself: it is shown with what lies around it.
"""

import math
import textwrap
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
    draw_text,
    paper,
    shorten,
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
_LETTER = 7
"""Pixels of a letter, about."""
_WIDE = 1.5
_LEAST = 1 / 6
"""Share of the picture, by height and by width, that a patch shows at least."""


class Caption(NamedTuple):
    """What is said of a picture.

    Parameters
    ----------
    first : str
        What matters.
    last : str
        At the right of it.
    name : str, optional
        On a line of its own; the middle of a long one is cut out.
    """

    first: str
    last: str = ""
    name: str | None = None


class Shown(NamedTuple):
    """A picture with a caption.

    Parameters
    ----------
    image : ndarray of uint8, (H, W, 3), or str
        The picture; why there is none.
    caption : Caption
        What is said of it.
    """

    image: Pixels | str
    caption: Caption


def gallery(
    shown: Sequence[Shown], *, title: str, columns: int | None = None, side: int = CELL
) -> Picture:
    """Lay pictures out in rows.

    Parameters
    ----------
    shown : sequence of Shown
        From the first.
    title : str
        What they are.
    columns : int, optional
        At most how many are in a row; by default as many as make it half as wide again as high.
    side : int
        Height and width of a picture, in pixels.

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
    cells = [
        stack([caption_strip(each.caption, side), in_cell(each.image, side=side)], gap=2)
        for each in shown
    ]
    height, width = (edge + GAP for edge in cells[0].shape[:2])
    columns = min(columns or math.ceil(math.sqrt(_WIDE * len(shown) * height / width)), len(shown))
    rows = [beside(cells[start : start + columns]) for start in range(0, len(cells), columns)]
    head = strip(max(columns * width, text_width(title)), LINE + 6, [(0.0, title, "l", INK)])
    return tile([stack([head, *rows], gap=GAP)], (1, 1), border=MARGIN, background=PAPER)


def caption_strip(caption: Caption, side: int = CELL) -> Pixels:
    """Write a caption, as wide as a picture."""
    end = side - GAP
    room = end - text_width(caption.first) - GAP
    last = shorten(caption.last, room) if caption.last else ""
    lines = [strip(side, LINE, [(0, caption.first, "l", INK), (end, last, "r", FAINT)])]
    if caption.name is not None:
        lines.append(strip(side, LINE, [(0, shorten(caption.name, end), "l", FAINT)]))
    return stack(lines)


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


def in_cell(picture: Pixels | str, field: Box | None = None, side: int = CELL) -> Pixels:
    """Fit the part of a picture around a field into a cell; the field is outlined if it is less.

    Parameters
    ----------
    picture : ndarray of uint8, (H, W, 3), or str
        The picture; a blank that says why there is none.
    field : Box, optional
        The field; the whole picture by default.
    side : int
        Height and width of the cell, in pixels.

    Returns
    -------
    ndarray of uint8, (side, side, 3)
        The cell.
    """
    if isinstance(picture, str):
        return _blank(picture, side)
    size = picture.shape[0], picture.shape[1]
    field = Box(0, 0, *size) if field is None else field
    top, left, bottom, right = map(int, part_shown(field, size))
    scale = side / max(bottom - top, right - left)
    height, width = (max(round(scale * edge), 1) for edge in (bottom - top, right - left))
    corner = (side - height) // 2, (side - width) // 2
    cell = paper(side, side)
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


def _blank(text: str, side: int) -> Pixels:
    image = Image.new("RGB", (side, side), _BLANK)
    lines = textwrap.wrap(text, side // _LETTER)[: side // LINE]
    draw_text(ImageDraw.Draw(image), (side / 2, side / 2), "\n".join(lines), "mm", FAINT)
    return np.asarray(image)
