"""One picture's part of tensors of a model that takes a fixed number of pictures at once.

Such a model is fed the same picture that often. Most tensors then have it along their first axis;
recurrent layers have it along another one, and attention in windows strings it together with these.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from actiscope.errors import NetworkError
from actiscope.networks.places import Shape


def batch_axis(shape: Shape, count: int) -> int | None:
    """Return the axis of the pictures where the shape alone tells it.

    Parameters
    ----------
    shape : tuple of int
        Shape of a tensor.
    count : int
        How many pictures are run at once.

    Returns
    -------
    int or None
        0 for what has as many parts, or can be divided into as many in no other way.
    """
    return 0 if shape[:1] == (count,) or _candidates(shape, count) == [0] else None


def find_batch_axis(values: npt.NDArray[Any], count: int) -> int | None:
    """Return the axis of the pictures by what a tensor holds for the same one many times.

    Parameters
    ----------
    values : ndarray
        Its values for a picture of noise.
    count : int
        How many pictures are run at once.

    Returns
    -------
    int or None
        The axis along which it repeats itself, first of those of that length; None if none.
    """
    shape = values.shape
    likely = sorted(_candidates(shape, count), key=lambda axis: shape[axis] != count)
    return next((axis for axis in likely if _repeats(values, axis, count)), None)


def one_of(values: npt.NDArray[Any], axis: int, count: int) -> npt.NDArray[Any]:
    """Return the part of the first of `count` pictures along an axis."""
    return values[(slice(None),) * axis + (slice(values.shape[axis] // count),)]


def put(
    own: npt.NDArray[Any], values: npt.NDArray[Any], axis: int | None, count: int
) -> npt.NDArray[Any]:
    """Return a tensor with other values in it, for one picture or for several.

    Parameters
    ----------
    own : ndarray
        The tensor, as the engine gives it.
    values : ndarray, (N, ...)
        What takes its place.
    axis : int or None
        Along which it holds `count` pictures; None if it holds one.

    Returns
    -------
    ndarray
        Of the type of `own`; along its first axis for several.

    Raises
    ------
    NetworkError
        If it holds integers, or cannot hold several.
    """
    if not np.issubdtype(own.dtype, np.floating):
        raise NetworkError("values that are kept as integers cannot be replaced")
    if len(values) == 1:
        placed = own.copy()
        part = placed if axis is None else one_of(placed, axis, count)
        part[...] = values.reshape(part.shape)
        return placed
    if axis is not None or len(own) != 1 or own.ndim < values.ndim:
        raise NetworkError("the network takes one picture at a time")
    return values.reshape(-1, *own.shape[1:]).astype(own.dtype, copy=False)


def shape_of_one(shape: Shape, axis: int, count: int) -> Shape:
    """Return the shape of the part of one of `count` pictures along an axis."""
    return (*shape[:axis], shape[axis] // count, *shape[axis + 1 :])


def _candidates(shape: Shape, count: int) -> list[int]:
    return [axis for axis, length in enumerate(shape) if length > 0 and length % count == 0]


def _repeats(values: npt.NDArray[Any], axis: int, count: int) -> bool:
    first, *others = np.split(values, count, axis)
    return all(np.allclose(first, other, equal_nan=True) for other in others)
