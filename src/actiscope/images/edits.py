"""Paint over parts of a picture: to see what a network makes of it without them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from actiscope.errors import ArgumentError
from actiscope.images.pixels import Pixels

Tool = Literal["inpaint", "blur", "flat", "noise"]
Mask = npt.NDArray[np.bool_]

TOOLS: tuple[Tool, ...] = get_args(Tool)

_FARTHEST = 1e6
_MARGIN = 8
_RING = 3
_MOST_SOLVED = 4000
"""Pixels that are filled exactly; the time grows faster than their number."""


@dataclass(frozen=True)
class Stroke:
    """One stroke of a brush: round dots, joined by straight lines.

    Parameters
    ----------
    tool : "inpaint", "blur", "flat" or "noise"
        Fill from around it by biharmonic inpainting; blur, with the brush's radius as deviation;
        one colour; or noise.
    radius : float
        Of the brush, in pixels, greater than 0 and at most a million.
    points : sequence of (float, float)
        Rows and columns, in coordinates of pixel edges: the centre of pixel 0 is 0.5. They may lie
        outside of the picture.
    colour : (int, int, int), optional
        For "flat": RGB, 0-255; by default the mean of a ring around the stroke.

    Raises
    ------
    ArgumentError
        If one of them is none of these.
    """

    tool: Tool
    radius: float
    points: Sequence[tuple[float, float]]
    colour: tuple[int, int, int] | None = None

    def __post_init__(self) -> None:
        if self.tool not in TOOLS:
            raise ArgumentError(f"a tool is {', '.join(TOOLS)}, not {self.tool!r}")
        if not 0 < self.radius <= _FARTHEST:
            raise ArgumentError(
                f"a radius is greater than 0 and at most {_FARTHEST:,.0f} pixels, not {self.radius}"
            )
        if not self.points:
            raise ArgumentError("a stroke has at least one point (row, column)")
        for point in self.points:
            if len(point) != 2 or not all(abs(each) <= _FARTHEST for each in point):
                raise ArgumentError(
                    f"a point is (row, column), at most {_FARTHEST:,.0f} pixels from 0, "
                    f"not {point!r}"
                )
        if self.colour is not None and not (
            len(self.colour) == 3 and all(0 <= each <= 255 for each in self.colour)
        ):
            raise ArgumentError(f"a colour is three numbers in 0-255, not {self.colour!r}")


def edit(picture: Pixels, strokes: Sequence[Stroke]) -> Pixels:
    """Paint strokes over a picture, one after the other.

    Parameters
    ----------
    picture : ndarray of uint8, (H, W, 3)
        RGB.
    strokes : sequence of Stroke
        The first is painted first.

    Returns
    -------
    ndarray of uint8, (H, W, 3)
        A copy. A pixel changes only if its centre lies in a stroke; the same strokes give the same
        pixels.

    Raises
    ------
    ArgumentError
        If a stroke that takes its colours from around it covers the whole picture.
    """
    edited = picture.copy()
    for stroke in strokes:
        mask = cover(stroke, (picture.shape[0], picture.shape[1]))
        edited = fill(edited, mask, stroke.tool, radius=stroke.radius, colour=stroke.colour)
    return edited


def fill(
    picture: Pixels,
    mask: Mask,
    tool: Tool,
    *,
    radius: float | None = None,
    colour: tuple[int, int, int] | None = None,
) -> Pixels:
    """Paint over the pixels in a mask.

    Parameters
    ----------
    picture : ndarray of uint8, (H, W, 3)
        RGB.
    mask : ndarray of bool, (H, W)
        True where it is painted over.
    tool : "inpaint", "blur", "flat" or "noise"
        As for a `Stroke`.
    radius : float, optional
        Standard deviation of the blur, in pixels; by default half the shorter side of the mask.
    colour : (int, int, int), optional
        For "flat": RGB, 0-255; by default the mean of a ring around the mask.

    Returns
    -------
    ndarray of uint8, (H, W, 3)
        A copy; other pixels are as they were.

    Raises
    ------
    ArgumentError
        If there is nothing around the mask to take the colours from.
    """
    if not mask.any():
        return picture.copy()
    if tool == "inpaint":
        return inpaint(picture, mask)
    filled = picture.copy()
    if tool == "blur":
        deviation = radius or min(mask[_box(mask, 0)].shape) / 2
        box = _box(mask, math.ceil(3 * deviation))
        blur = ImageFilter.GaussianBlur(deviation)
        blurred = np.asarray(Image.fromarray(picture[box]).filter(blur))
        filled[box][mask[box]] = blurred[mask[box]]
    elif tool == "flat":
        filled[mask] = _colour_around(picture, mask) if colour is None else colour
    else:
        noise = np.random.default_rng(0).integers(0, 256, picture.shape, dtype=np.uint8)
        filled[mask] = noise[mask]
    return filled


def cover(stroke: Stroke, size: tuple[int, int]) -> Mask:
    """Return which pixels of a picture have their centre in a stroke.

    Parameters
    ----------
    stroke : Stroke
        The stroke.
    size : (int, int)
        Height and width of the picture.

    Returns
    -------
    ndarray of bool, (H, W)
        True within the stroke.
    """
    mask = np.zeros(size, dtype=bool)
    ends = stroke.points[1:] or stroke.points
    for start, end in zip(stroke.points, ends, strict=False):
        _draw_line(mask, start, end, stroke.radius)
    return mask


def inpaint(picture: Pixels, mask: Mask) -> Pixels:
    """Fill part of a picture smoothly from what is around it.

    The biharmonic equation is solved (Damelin and Hoang, 2018,
    https://doi.org/10.1155/2018/3950312); for a large part on a coarser grid.

    Parameters
    ----------
    picture : ndarray of uint8, (H, W, 3)
        RGB.
    mask : ndarray of bool, (H, W)
        True where it is filled: somewhere, and not everywhere.

    Returns
    -------
    ndarray of uint8, (H, W, 3)
        A copy; other pixels are as they were.

    Raises
    ------
    ArgumentError
        If the mask covers the whole picture.
    """
    _check_rest(mask)
    filled = picture.copy()
    box = _box(mask, _MARGIN)
    part, hole = filled[box], mask[box]
    coarseness = math.ceil(math.sqrt(np.count_nonzero(hole) / _MOST_SOLVED))
    solved = _solve(part, hole) if coarseness == 1 else _solve_coarsely(part, hole, coarseness)
    part[hole] = solved[hole]
    return filled


def get_ready() -> None:
    """Import what inpainting stands on: it takes long, and the first stroke would wait for it."""
    from skimage.restoration import inpaint_biharmonic  # noqa: F401


def _draw_line(
    mask: Mask, start: tuple[float, float], end: tuple[float, float], radius: float
) -> None:
    """Mark the pixels whose centres are no farther than a radius from a line."""
    (top, bottom), (left, right) = (
        (max(math.floor(min(ends) - radius), 0), min(math.ceil(max(ends) + radius), length))
        for ends, length in zip(zip(start, end, strict=True), mask.shape, strict=True)
    )
    box = mask[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
    if box.all():
        return
    rows = np.arange(top, bottom)[:, np.newaxis] + 0.5 - start[0]
    cols = np.arange(left, right) + 0.5 - start[1]
    down, across = end[0] - start[0], end[1] - start[1]
    length = down**2 + across**2
    along = np.clip((rows * down + cols * across) / length, 0, 1) if length else 0.0
    box |= (rows - along * down) ** 2 + (cols - along * across) ** 2 <= radius**2


def _colour_around(picture: Pixels, mask: Mask) -> npt.ArrayLike:
    from scipy.ndimage import binary_dilation

    _check_rest(mask)
    reach = np.hypot(*np.ogrid[-_RING : _RING + 1, -_RING : _RING + 1]) <= _RING
    ring = binary_dilation(mask, reach) & ~mask
    return np.asarray(np.round(picture[ring].mean(axis=0)), dtype=np.uint8)


def _check_rest(mask: Mask) -> None:
    if mask.all():
        raise ArgumentError("nothing of the picture is left to fill the stroke from; paint less")


def _box(mask: Mask, margin: int) -> tuple[slice, slice]:
    """Return the rows and columns of a mask, and some around them."""
    rows, cols = (
        slice(max(int(marked[0]) - margin, 0), int(marked[-1]) + margin + 1)
        for marked in (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    )
    return rows, cols


def _solve(picture: Pixels, hole: Mask) -> Pixels:
    from skimage.restoration import inpaint_biharmonic

    filled = inpaint_biharmonic(picture, hole, channel_axis=2)
    return np.asarray(np.round(filled * 255), dtype=np.uint8)


def _solve_coarsely(picture: Pixels, hole: Mask, coarseness: int) -> Pixels:
    """Fill on a grid of blocks: each holds the mean of what is known of its pixels."""
    height, width = hole.shape
    known = _sum_blocks(~hole[:, :, np.newaxis], coarseness)
    sums = _sum_blocks(np.where(hole[:, :, np.newaxis], 0, picture), coarseness)
    coarse = np.round(sums / np.maximum(known, 1)).astype(np.uint8)
    holes = known[:, :, 0] == 0
    if holes.any():
        coarse = _solve(coarse, holes)
    rows, cols = (length * coarseness for length in holes.shape)
    fine = Image.fromarray(coarse).resize((cols, rows), Image.Resampling.BICUBIC)
    return np.asarray(fine)[:height, :width]


def _sum_blocks(values: npt.NDArray[np.bool_] | Pixels, length: int) -> npt.NDArray[np.int64]:
    sums: npt.NDArray[np.int64] = values.astype(np.int64)
    for axis in (0, 1):
        starts = np.arange(0, values.shape[axis], length)
        sums = np.add.reduceat(sums, starts, axis=axis)
    return sums
