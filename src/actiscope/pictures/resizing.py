"""Bicubic resizing, exactly as MATLAB's ``imresize`` does it.

Each axis is one matrix product. The matrix is banded: windows at one pace hold all of it, and one
call of NumPy multiplies them all, so that threads wait less for each other.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from actiscope.checks import check_pair
from actiscope.errors import ArgumentError
from actiscope.geometry import Axis, Geometry
from actiscope.pictures.interpolation import Windows, matrix_of, windows_of
from actiscope.pictures.scaling import Floats, as_finite

Size = int | tuple[int | None, int | None]

MAPS = (-2, -1)
"""Rows and columns of maps, (..., H, W)."""

_VALUES = 3 << 17
"""Values that are interpolated at a time: they stay in the cache."""
_RUN = 256
"""But never fewer values side by side."""
_PRODUCT = 1 << 18
"""Multiplications in one matrix product: for more, NumPy's threads would get into each other's way
where several pictures are resized at the same time."""
_SHORT = 8
"""Runs of fewer values, as three colours, are slower to copy than values that lie apart."""
_SMALLEST = 0.1
"""Pixels that have to be left of the longer side."""


def resize(
    array: npt.ArrayLike,
    size: Size | None = None,
    *,
    scale: float | None = None,
    axes: tuple[int, int] | None = None,
) -> npt.NDArray[Any]:
    """Resize pictures or maps by bicubic interpolation, as MATLAB's ``imresize`` does.

    Parameters
    ----------
    array : array_like
        (H, W), a stack (..., H, W), or uint8 pixels (H, W, 3).
    size : int or (int, int), optional
        New height and width, one number for a square. None for one of them keeps the aspect.
    scale : float, optional
        Instead of `size`: the factor for both axes; sizes are rounded up.
    axes : (int, int), optional
        Which axes are rows and columns: the first two for uint8 (H, W, 3), else the last two. Has
        to be said for other arrays whose last axis is 3.

    Returns
    -------
    ndarray
        float64 for floats (not clipped: bicubic overshoots), the same type for integers, which are
        rounded half away from zero and saturated after each axis.

    Raises
    ------
    ArgumentError
        If neither or both of `size` and `scale` are given, they are not positive, or the array is
        empty or holds what is no finite number.

    Examples
    --------
    >>> resize(np.eye(2), (4, 4)).shape
    (4, 4)
    """
    source = as_finite(array)
    if source.ndim < 2:
        raise ArgumentError(f"cannot resize an array of shape {source.shape}: expected (..., H, W)")
    if axes is None:
        axes = _find_axes(source)
    moved = np.moveaxis(source, axes, (-2, -1))
    steps = _steps(moved.shape[-2], moved.shape[-1], size, scale)
    rows_first = steps[0][1] <= steps[1][1]
    for axis in (-2, -1) if rows_first else (-1, -2):
        moved = _apply(moved, axis, *steps[axis])
    return np.moveaxis(moved, (-2, -1), axes)


def _find_axes(array: npt.NDArray[Any]) -> tuple[int, int]:
    if array.ndim == 2 or array.shape[-1] != 3:
        return MAPS
    if array.ndim == 3 and array.dtype == np.uint8:
        return 0, 1
    raise ArgumentError(
        f"an array {array.shape} of {array.dtype} may hold colours or maps of 3 columns: "
        "say axes=(-3, -2) or axes=(-2, -1)"
    )


def place(values: npt.ArrayLike, size: tuple[int, int], geometry: Geometry) -> Floats:
    """Draw a map on the picture so that each value lies at the centre of what its unit sees.

    Parameters
    ----------
    values : array_like, (H, W)
        One channel.
    size : (int, int)
        Height and width of the picture.
    geometry : Geometry
        Where the units look on that picture.

    Returns
    -------
    ndarray of float64, (height, width)
        Bicubic between the centres; NaN where no unit is centred within one stride.
    """
    array = np.asarray(values, dtype=np.float64)
    if geometry.is_global:
        return np.asarray(resize(array, size, axes=MAPS))
    rows, seen_rows = _placing(geometry.rows, array.shape[0], size[0])
    cols, seen_cols = _placing(geometry.cols, array.shape[1], size[1])
    placed = np.asarray(rows @ array @ cols.T, dtype=np.float64)
    placed[~(seen_rows[:, np.newaxis] & seen_cols)] = np.nan
    return placed


def _steps(
    height: int, width: int, size: Size | None, scale: float | None
) -> tuple[tuple[int, float], tuple[int, float]]:
    """Return (new length, factor) for both axes."""
    if (size is None) == (scale is None):
        raise ArgumentError("give either size=(rows, columns) or scale=factor")
    if scale is not None:
        if not (math.isfinite(scale) and scale * max(height, width) >= _SMALLEST):
            raise ArgumentError(f"a scale of {scale!r} leaves nothing of {height}x{width}")
        return (_ceil(scale * height), scale), (_ceil(scale * width), scale)
    rows, cols = check_pair(size if isinstance(size, tuple | list) else (size, size))
    if rows is not None and cols is not None:
        return (rows, rows / height), (cols, cols / width)
    if rows is not None:
        return (rows, rows / height), (-(-rows * width // height), rows / height)
    if cols is not None:
        return (-(-cols * height // width), cols / width), (cols, cols / width)
    raise ArgumentError("size (None, None) names no size")


def _ceil(value: float) -> int:
    return max(1, math.ceil(value))


def _placing(axis: Axis, units: int, pixels: int) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return the matrix from units to pixels, and which pixels have a unit near."""
    positions: Floats = (np.arange(pixels) + 0.5 - axis.centre) / np.float64(axis.stride)
    seen = (positions > -1) & (positions < units)
    return matrix_of(np.clip(positions, -0.5, units - 0.5, dtype=np.float64), units), seen


def _apply(array: npt.NDArray[Any], axis: int, outputs: int, factor: float) -> npt.NDArray[Any]:
    """Interpolate along an axis; integers are rounded.

    That axis then lies last in memory, so that the next one is read in one piece.
    """
    axis %= array.ndim
    others = [each for each in range(array.ndim) if each != axis]
    others.sort(key=lambda each: -array.strides[each])
    lines = array.transpose(axis, *others)
    windows = windows_of(len(lines), outputs, factor)
    result = np.empty(
        (*lines.shape[1:], outputs), array.dtype if array.dtype.kind in "iu" else np.float64
    )
    each = math.prod(lines.shape[2:])
    product = windows.weights[0].size * each
    step = max(1, min(max(_VALUES // len(lines), _RUN) // each, _PRODUCT // product))
    scattered = lines.shape[-1] < _SHORT and lines.strides[0] < max(lines.strides)
    for start in range(0, len(result), step):
        some, target = lines[:, start : start + step], result[start : start + step]
        if scattered:
            some, target = some.swapaxes(1, -1), target.swapaxes(0, -2)
        _interpolate(some, windows, target)
    return result.transpose(np.argsort([*others, axis]))


def _interpolate(lines: npt.NDArray[Any], windows: Windows, target: npt.NDArray[Any]) -> None:
    """Fill (..., outputs) from (inputs, ...)."""
    count, taps, block = windows.weights.shape
    precise = _widened(lines, windows)
    found = np.empty((precise.shape[1], count, block))
    read = sliding_window_view(precise, taps, axis=0)[:: windows.pace][:count]
    np.matmul(read, windows.weights, out=found.swapaxes(0, 1))
    if target.dtype.kind in "iu":
        _round(found, target.dtype)
    target[...] = found.reshape(*target.shape[:-1], -1)[..., : target.shape[-1]]


def _widened(lines: npt.NDArray[Any], windows: Windows) -> Floats:
    """Return (inputs, ...) as (inputs and zeros around them, n), in the order of their memory."""
    inputs, length, size = len(lines), windows.length(len(lines)), lines[0].size
    along = lines.strides[0] < lines.strides[-1]
    widened = np.empty((size, length)).T if along else np.empty((length, size))
    filled = slice(windows.before, windows.before + inputs)
    widened[: filled.start] = 0
    widened[filled.stop :] = 0
    widened[filled].reshape(lines.shape)[...] = lines
    return widened


def _round(values: Floats, dtype: np.dtype[Any]) -> None:
    """Round halves away from zero, but for what the cast to an integer type cuts off; in place."""
    limits = np.iinfo(dtype)
    highest = float(limits.max)
    if highest > limits.max:  # 64-bit integers have no float at their end
        highest = float(np.nextafter(highest, 0))
    # what is negative becomes 0 anyway where there is no sign
    values += 0.5 if dtype.kind == "u" else np.copysign(0.5, values)
    np.clip(values, limits.min, highest, out=values)
