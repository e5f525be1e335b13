"""Where on a picture a concept is: boxes, polygons, or a mask.

All are brought to a grid of 112 x 112 cells over the picture, as in D. Bau et al., "Network
Dissection", CVPR 2017, https://arxiv.org/abs/1704.05796. A cell is marked if its centre is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from actiscope.geometry import Box

CELLS = 112

Grid = npt.NDArray[np.bool_]


class Region(Protocol):
    """A part of a picture."""

    def on_grid(self, size: tuple[int, int]) -> Grid:
        """Return which cells of the grid are marked.

        Parameters
        ----------
        size : (int, int)
            Height and width of the picture, in pixels.

        Returns
        -------
        ndarray of bool, (112, 112)
            At least one is, if anything is.
        """
        ...

    def count_outside(self, size: tuple[int, int]) -> int:
        """Return how many of its parts lie wholly outside a picture.

        Parameters
        ----------
        size : (int, int)
            Height and width of the picture, in pixels.
        """
        ...


@dataclass(frozen=True)
class BoxRegion:
    """All that lies in a box.

    Parameters
    ----------
    box : Box
        In pixels of the picture.
    """

    box: Box

    def on_grid(self, size: tuple[int, int]) -> Grid:
        """Return which cells of the grid are marked."""
        marked = np.zeros((CELLS, CELLS), dtype=bool)
        rows = _cells_between(self.box.top, self.box.bottom, size[0])
        cols = _cells_between(self.box.left, self.box.right, size[1])
        marked[rows, cols] = True
        return marked

    def count_outside(self, size: tuple[int, int]) -> int:
        """Return 1 if it lies wholly outside a picture."""
        return int(not self.box.meets(size))


@dataclass(frozen=True)
class PolygonRegion:
    """All that lies in a polygon.

    Parameters
    ----------
    corners : sequence of (float, float)
        (x, y) in pixels of the picture, 0 at the outer edge of the first.
    """

    corners: Sequence[tuple[float, float]]

    def on_grid(self, size: tuple[int, int]) -> Grid:
        """Return which cells of the grid are marked."""
        from skimage.measure import grid_points_in_poly

        places = np.array(self.corners)[:, ::-1] * CELLS / np.array(size)
        marked: Grid = grid_points_in_poly((CELLS, CELLS), places - 0.5)  # type: ignore[no-untyped-call]
        middle = np.floor(places.mean(axis=0)).astype(np.intp)
        if not marked.any() and ((middle >= 0) & (middle < CELLS)).all():
            marked[tuple(middle)] = True
        return marked

    def count_outside(self, size: tuple[int, int]) -> int:
        """Return 1 if the box around it lies wholly outside a picture."""
        columns, rows = zip(*self.corners, strict=True)
        return int(not Box(min(rows), min(columns), max(rows), max(columns)).meets(size))


@dataclass(frozen=True)
class RunsRegion:
    """Pixels given as runs, down the columns of a mask from the left one on.

    Parameters
    ----------
    runs : sequence of int
        How many pixels in turn are outside and inside, first outside.
    size : (int, int)
        Height and width of the mask, which is stretched over the picture.
    """

    runs: Sequence[int]
    size: tuple[int, int]

    def on_grid(self, size: tuple[int, int]) -> Grid:
        """Return which cells of the grid are marked."""
        inside = np.arange(len(self.runs)) % 2 == 1
        return MaskRegion(np.repeat(inside, self.runs).reshape(self.size, order="F")).on_grid(size)

    def count_outside(self, size: tuple[int, int]) -> int:  # noqa: ARG002 - it is stretched
        """Return 0."""
        return 0


@dataclass(frozen=True)
class JoinedRegion:
    """All that lies in any of several regions.

    Parameters
    ----------
    parts : sequence of Region
        At least one.
    """

    parts: Sequence[Region]

    def on_grid(self, size: tuple[int, int]) -> Grid:
        """Return which cells of the grid are marked."""
        marked: Grid = np.any([part.on_grid(size) for part in self.parts], axis=0)
        return marked

    def count_outside(self, size: tuple[int, int]) -> int:
        """Return how many of its parts lie wholly outside a picture."""
        return sum(part.count_outside(size) for part in self.parts)


class MaskRegion:
    """The pixels of a mask that are not zero.

    Parameters
    ----------
    mask : ndarray, (h, w)
        Stretched over the picture, whatever its size.
    """

    def __init__(self, mask: npt.NDArray[np.bool_]) -> None:
        height, width = mask.shape
        rows, cols = (
            ((np.arange(CELLS) + 0.5) * length / CELLS).astype(np.intp)
            for length in (height, width)
        )
        self._marked = mask[np.ix_(rows, cols)]
        if not self._marked.any() and mask.any():
            places = np.argwhere(mask)
            row, col = places[len(places) // 2]
            self._marked[row * CELLS // height, col * CELLS // width] = True

    def on_grid(self, size: tuple[int, int]) -> Grid:  # noqa: ARG002 - it is stretched over any
        """Return which cells of the grid are marked."""
        return self._marked

    def count_outside(self, size: tuple[int, int]) -> int:  # noqa: ARG002 - it is stretched
        """Return 0."""
        return 0


def _cells_between(start: float, stop: float, length: int) -> slice:
    """Return the cells whose centres lie between two edges, or else the one between them."""
    first, last = (
        int(np.clip(np.ceil(edge * CELLS / length - 0.5), 0, CELLS)) for edge in (start, stop)
    )
    if last > first or stop <= 0 or start >= length:
        return slice(first, last)
    middle = int(np.clip((start + stop) / 2 * CELLS / length, 0, CELLS - 1))
    return slice(middle, middle + 1)
