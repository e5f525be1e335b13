"""Bring values into 0-1."""

from typing import Any

import numpy as np
import numpy.typing as npt

from actiscope.errors import ArgumentError

Floats = npt.NDArray[np.float64]


def rescale(values: npt.ArrayLike, limits: tuple[float, float] | None = None) -> Floats:
    """Scale values to 0-1, as MATLAB's ``mat2gray`` does.

    Parameters
    ----------
    values : array_like
        Any shape. All of it is scaled jointly.
    limits : (float, float), optional
        The values that become 0 and 1; the smallest and the largest of `values` by default. Equal
        limits do not scale, they only clip to 0-1. Limits in falling order invert.

    Returns
    -------
    ndarray of float64
        ``clip((values - low) / (high - low), 0, 1)``.

    Raises
    ------
    ArgumentError
        If `values` is empty or holds NaN or infinity, or `limits` are not two finite numbers.

    Examples
    --------
    >>> rescale([-2.0, 0.0, 2.0]).tolist()
    [0.0, 0.5, 1.0]
    """
    array = as_finite(values)
    low, high = (float(array.min()), float(array.max())) if limits is None else check_limits(limits)
    scaled = np.array(array, dtype=np.float64)
    if low != high:
        scaled -= low
        scaled /= high - low
    np.clip(scaled, 0.0, 1.0, out=scaled)
    return scaled


def as_finite(values: npt.ArrayLike) -> npt.NDArray[Any]:
    """Return values as an array of finite numbers.

    Parameters
    ----------
    values : array_like
        Any shape but an empty one.

    Returns
    -------
    ndarray
        The same values.

    Raises
    ------
    ArgumentError
        If there are no values, or they are no real numbers, or NaN or infinity is among them.
    """
    array = np.asarray(values)
    if array.size == 0:
        raise ArgumentError(f"there are no values in an array of shape {array.shape}")
    if array.dtype.kind not in "biuf":
        raise ArgumentError(f"expected real numbers, got an array of {array.dtype}")
    if not np.isfinite(array.min()) or not np.isfinite(array.max()):
        bad = int(np.count_nonzero(~np.isfinite(array)))
        raise ArgumentError(f"{bad} of {array.size} values are NaN or infinite")
    return array


def check_limits(limits: tuple[float, float]) -> tuple[float, float]:
    """Return limits as two finite floats.

    Parameters
    ----------
    limits : (float, float)
        What becomes 0 and what becomes 1.

    Returns
    -------
    (float, float)
        The same.

    Raises
    ------
    ArgumentError
        If they are not two finite numbers.
    """
    try:
        low, high = (float(limit) for limit in (() if isinstance(limits, str) else limits))
    except (TypeError, ValueError):
        raise ArgumentError(f"limits are two numbers (low, high), not {limits!r}") from None
    if not (np.isfinite(low) and np.isfinite(high)):
        raise ArgumentError(f"limits must be finite, not {limits!r}")
    return low, high
