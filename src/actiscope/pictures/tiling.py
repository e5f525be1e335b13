"""Many pictures become one."""

import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from actiscope.checks import check_pair, check_size
from actiscope.errors import ArgumentError
from actiscope.pictures.picture import Picture
from actiscope.pictures.resizing import resize

Grid = tuple[int | None, int | None]
Images = npt.NDArray[Any] | Sequence[npt.NDArray[Any] | None]

_MOST_PIXELS = 1_000_000_000


def tile(
    images: Images,
    grid: Grid | None = None,
    *,
    frames: Sequence[int] | None = None,
    thumbnail: tuple[int, int] | None = None,
    border: int | tuple[int, int] = 0,
    background: float | Sequence[float] = 0,
) -> Picture:
    """Lay pictures out in a grid, row by row, as MATLAB's ``imtile`` does.

    Parameters
    ----------
    images : array_like or sequence
        A stack of grey frames (K, H, W) or of RGB frames (K, H, W, 3), or a list of pictures of any
        size and type, of which None is a blank tile. One picture in colour makes all of them RGB;
        mixed types become floats, uint8 divided by 255 and uint16 by 65535.
    grid : (int, int), optional
        Rows and columns; one of them may be None. Cells that are too many stay blank; pictures
        that are too many are dropped. By default the whole is about as high as wide.
    frames : sequence of int, optional
        Which pictures, in which order; from 0.
    thumbnail : (int, int), optional
        Height and width of a tile; that of the first picture by default. Others are fitted inside,
        keeping their aspect, and centred.
    border : int or (int, int)
        Blank pixels around each tile, above and below, left and right.
    background : float or three floats
        Value or colour of what is blank, in the scale of the pictures.

    Returns
    -------
    Picture
        (H, W) or (H, W, 3).

    Raises
    ------
    ArgumentError
        If there is no picture, or something is none.

    Examples
    --------
    >>> tile(np.zeros((48, 14, 14)), (6, 8)).shape
    (84, 112)
    """
    pictures = _select(_as_list(images), frames)
    common = _common(pictures)
    first = next(picture for picture in common if picture is not None)
    height, width = first.shape[:2] if thumbnail is None else check_size(thumbnail, "thumbnail")
    rows, cols = _layout(len(common), height, width, grid)
    above, beside = _check_border(border)
    cell_height, cell_width = height + 2 * above, width + 2 * beside
    size = (rows * cell_height, cols * cell_width)
    whole = _canvas(size, first, background)
    for index, picture in enumerate(common[: rows * cols]):
        if picture is not None:
            fitted = _fit(
                picture if picture.ndim == whole.ndim else _as_rgb(picture), height, width
            )
            top = index // cols * cell_height + above + (height - fitted.shape[0]) // 2
            left = index % cols * cell_width + beside + (width - fitted.shape[1]) // 2
            whole[top : top + fitted.shape[0], left : left + fitted.shape[1]] = fitted
    return Picture(whole)


def _as_list(images: Images) -> list[npt.NDArray[Any] | None]:
    if isinstance(images, np.ndarray) or not isinstance(images, Sequence):
        stack = np.asarray(images)
        if stack.ndim == 3 and stack.shape[2] == 3 and stack.dtype == np.uint8:
            raise ArgumentError(
                f"an array {stack.shape} of uint8 is one picture in colour: pass it in a list"
            )
        if stack.ndim == 3 or (stack.ndim == 4 and stack.shape[3] == 3):
            return list(stack)
        if stack.ndim == 2:
            return [stack]
        raise ArgumentError(
            f"expected frames (K, H, W) or (K, H, W, 3), or a list; got shape {stack.shape}"
        )
    return [
        None if one is None or np.size(one) == 0 else _check_picture(np.asarray(one))
        for one in images
    ]


def _check_picture(picture: npt.NDArray[Any]) -> npt.NDArray[Any]:
    grey = picture.ndim == 2
    if not grey and (picture.ndim != 3 or picture.shape[2] != 3):
        raise ArgumentError(f"a picture is (H, W) or (H, W, 3); one has shape {picture.shape}")
    if picture.dtype.kind not in "biuf":
        raise ArgumentError(f"a picture holds numbers, not {picture.dtype}")
    return picture


def _select(
    pictures: list[npt.NDArray[Any] | None], frames: Sequence[int] | None
) -> list[npt.NDArray[Any] | None]:
    if frames is not None:
        for frame in frames:
            if not 0 <= operator.index(frame) < len(pictures):
                raise ArgumentError(f"no frame {frame}: frames are 0-{len(pictures) - 1}")
        pictures = [pictures[frame] for frame in frames]
    if all(picture is None for picture in pictures):
        raise ArgumentError("there is no picture to tile")
    return pictures


def _common(pictures: list[npt.NDArray[Any] | None]) -> list[npt.NDArray[Any] | None]:
    """Bring pictures to one type, and to RGB if one of them is."""
    given = [picture for picture in pictures if picture is not None]
    mixed = len({picture.dtype for picture in given}) > 1
    colour = any(picture.ndim == 3 for picture in given)

    def convert(picture: npt.NDArray[Any]) -> npt.NDArray[Any]:
        if mixed:
            picture = _as_float(picture)
        return _as_rgb(picture) if colour else picture

    return [None if picture is None else convert(picture) for picture in pictures]


def _as_float(picture: npt.NDArray[Any]) -> npt.NDArray[Any]:
    if picture.dtype in (np.uint8, np.uint16):
        return picture / float(np.iinfo(picture.dtype).max)
    return picture.astype(np.float64)


def _as_rgb(picture: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return picture if picture.ndim == 3 else np.repeat(picture[:, :, np.newaxis], 3, axis=2)


def _layout(count: int, height: int, width: int, grid: Grid | None) -> tuple[int, int]:
    rows, cols = (None, None) if grid is None else check_pair(grid, "grid")
    if cols is None:
        if rows is not None:
            return rows, math.ceil(count / rows)
        cols = default_columns(count, height, width)
    return (math.ceil(count / cols) if rows is None else rows), cols


def default_columns(count: int, height: int, width: int) -> int:
    """Return how many columns make a whole that is about as high as wide.

    Parameters
    ----------
    count : int
        How many tiles there are.
    height, width : int
        Size of a tile.

    Returns
    -------
    int
        ``ceil(sqrt(height * count / width))``, as MATLAB's ``imtile`` has it.
    """
    root = math.isqrt(height * count // width)
    return root if root * root * width >= height * count else root + 1


def _check_border(border: Any) -> tuple[int, int]:
    try:
        pair = border if isinstance(border, tuple | list) else (border, border)
        above, beside = (operator.index(each) for each in pair)
    except (TypeError, ValueError):
        raise ArgumentError(f"a border is one or two whole numbers, not {border!r}") from None
    if above < 0 or beside < 0:
        raise ArgumentError(f"a border is not negative, this is {border!r}")
    return above, beside


def _canvas(
    size: tuple[int, int], like: npt.NDArray[Any], background: float | Sequence[float]
) -> npt.NDArray[Any]:
    colour = np.asarray(background)
    if colour.shape not in ((), (3,)):
        raise ArgumentError(f"a background is one number or three, not {background!r}")
    if like.dtype.kind in "iu":
        limits = np.iinfo(like.dtype)
        if colour.min() < limits.min or colour.max() > limits.max or (colour % 1).any():
            raise ArgumentError(f"a background of {background!r} is no {like.dtype}")
    depth = (3,) if colour.shape == (3,) or like.ndim == 3 else ()
    if size[0] * size[1] > _MOST_PIXELS:
        raise ArgumentError(f"a picture of {size[0]:,} x {size[1]:,} pixels is too large")
    canvas = np.zeros((*size, *depth), dtype=like.dtype)
    if colour.any():
        canvas[...] = colour
    return canvas


def _fit(picture: npt.NDArray[Any], height: int, width: int) -> npt.NDArray[Any]:
    """Resize a picture to the largest size within a tile that keeps its aspect."""
    if picture.shape[:2] == (height, width):
        return picture
    factor = min(height / picture.shape[0], width / picture.shape[1])
    size = tuple(
        min(limit, max(1, round(length * factor)))
        for limit, length in zip((height, width), picture.shape[:2], strict=True)
    )
    return resize(picture, (size[0], size[1]), axes=(0, 1))
