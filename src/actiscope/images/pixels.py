"""What the numbers in an array mean as pixels."""

from typing import Any

import numpy as np
import numpy.typing as npt

from actiscope.errors import ArgumentError, ImageError

Pixels = npt.NDArray[np.uint8]

_ROWS = 64
_BLOCK = 1 << 15
"""Values that are converted at a time: they stay in the cache."""


def to_uint8(values: npt.ArrayLike) -> Pixels:
    """Turn values in 0-1 into pixels, as MATLAB's ``im2uint8`` does.

    Parameters
    ----------
    values : array_like
        Floats, 1 is white; values outside 0-1 saturate. uint8, bool and uint16, 65535 is white, are
        taken as pixels.

    Returns
    -------
    ndarray of uint8
        ``round(255 * clip(values, 0, 1))``, halves rounded up.

    Raises
    ------
    ArgumentError
        If there is NaN among them, or they are integers of another type.

    Examples
    --------
    >>> to_uint8([-0.2, 0.5, 1.0]).tolist()
    [0, 128, 255]
    """
    array = np.asarray(values)
    if array.dtype == np.uint8:
        return array
    if array.dtype == np.bool_:
        return array.astype(np.uint8) * np.uint8(255)
    if array.dtype == np.uint16:
        return ((array.astype(np.uint32) + 128) // 257).astype(np.uint8)
    if array.dtype.kind != "f":
        raise ArgumentError(f"pixels are uint8, or floats in 0-1, not {array.dtype}")
    pixels = np.empty(array.shape, dtype=np.uint8)
    flat, target = array.reshape(-1), pixels.reshape(-1)
    for start in range(0, flat.size, _BLOCK):
        block = slice(start, start + _BLOCK)
        scaled = np.multiply(flat[block], 255.0, dtype=np.float64)
        scaled += 0.5
        np.clip(scaled, 0, 255, out=scaled)
        if np.isnan(scaled).any():
            raise ArgumentError("pixels are numbers, NaN is none")
        target[block] = scaled
    return pixels


def to_rgb(array: npt.NDArray[Any], alpha_over: int = 255) -> Pixels:
    """Turn an array into uint8 RGB.

    Parameters
    ----------
    array : ndarray
        (H, W), (H, W, 1), (H, W, 2) grey with alpha, (H, W, 3) or (H, W, 4) with alpha;
        uint8 0-255, uint16 0-65535 (divided by 257 and rounded), bool, or floats in 0-1
        (``round(255 * x)``).
    alpha_over : int
        The grey, 0-255, that shows through transparent pixels.

    Returns
    -------
    ndarray of uint8, (H, W, 3)
        A copy, or the array itself if it is that already.

    Raises
    ------
    ImageError
        If the shape, the type or the range cannot be a picture.
    """
    _check_shape(array)
    pixels = _to_bytes(array)
    if pixels.ndim == 2:
        pixels = pixels[:, :, np.newaxis]
    if pixels.shape[2] in (2, 4):
        pixels = _flatten_alpha(pixels, alpha_over)
    if pixels.shape[2] == 1:
        pixels = np.repeat(pixels, 3, axis=2)
    return pixels


def _check_shape(array: npt.NDArray[Any]) -> None:
    shape = array.shape
    if array.ndim not in (2, 3) or (array.ndim == 3 and shape[2] not in (1, 2, 3, 4)):
        message = f"an array of shape {shape} is no picture: expected (H, W) or (H, W, 3)"
        if array.ndim == 3 and shape[0] in (1, 3, 4):
            message += "; np.moveaxis(array, 0, -1) turns (C, H, W) into that"
        elif array.ndim == 4:
            message += "; pass several pictures as a list"
        raise ImageError(message)
    if 0 in shape:
        raise ImageError(f"an array of shape {shape} has no pixels")


def _to_bytes(array: npt.NDArray[Any]) -> Pixels:
    if array.dtype in (np.uint8, np.uint16, np.bool_):
        return to_uint8(array)
    if np.issubdtype(array.dtype, np.floating):
        low, high = float(array.min()), float(array.max())
        if not (low >= 0 and high <= 1):
            raise ImageError(
                f"float pixels must lie in 0-1, these lie in {low:.6g} to {high:.6g}; "
                "divide by 255, or convert to uint8"
            )
        return to_uint8(array)
    if np.issubdtype(array.dtype, np.integer):
        if array.min() >= 0 and array.max() <= 255:
            return array.astype(np.uint8)
        raise ImageError(
            f"{array.dtype} pixels must lie in 0-255, these lie in {array.min()} to {array.max()}; "
            "16-bit pixels are uint16"
        )
    raise ImageError(f"an array of {array.dtype} is no picture: expected uint8, or floats in 0-1")


def _flatten_alpha(pixels: Pixels, over: int) -> Pixels:
    flat = np.empty((*pixels.shape[:2], pixels.shape[2] - 1), dtype=np.uint8)
    for start in range(0, len(pixels), _ROWS):
        rows = slice(start, start + _ROWS)
        colour, alpha = np.split(pixels[rows].astype(np.uint16), [-1], axis=2)
        flat[rows] = (colour * alpha + over * (255 - alpha) + 127) // 255
    return flat
