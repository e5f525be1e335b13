"""Which values become black and which white."""

from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from actiscope.errors import ArgumentError
from actiscope.pictures.colormaps import is_signed
from actiscope.pictures.scaling import Floats, check_limits, rescale

_SCALES = ("layer", "shown", "channel")
_UNSCALED = (0.0, 1.0)

Scale = Literal["layer", "shown", "channel"] | tuple[float, float]
"""What is scaled jointly: the whole layer, the channels shown, each channel; or fixed limits."""


def shown_limits(values: npt.NDArray[Any], colormap: str) -> tuple[float, float]:
    """Return the limits of values: smallest and largest, or around zero for a signed colour map.

    Parameters
    ----------
    values : ndarray
        Any shape.
    colormap : str
        As in `palette`.

    Returns
    -------
    (float, float)
        The values at the two ends of the colour map. Equal values are not scaled: 0 and 1.
    """
    low, high = float(values.min()), float(values.max())
    if is_signed(colormap):
        most = max(abs(low), abs(high)) or 1.0
        return -most, most
    return (low, high) if low != high else _UNSCALED


def scale_channels(
    layer: npt.NDArray[Any], channels: list[int], scale: Scale, colormap: str
) -> tuple[Floats, tuple[float, float] | None]:
    """Scale channels of a layer to 0-1.

    Parameters
    ----------
    layer : ndarray, (C, H, W)
        The values of the layer.
    channels : list of int
        Which of them.
    scale : "layer", "shown", "channel" or (float, float)
        What is scaled jointly.
    colormap : str
        A signed one makes the limits symmetric around zero.

    Returns
    -------
    scaled : ndarray of float64, (len(channels), H, W)
        Values in 0-1.
    limits : (float, float) or None
        The values that became 0 and 1; None if each channel has its own.
    """
    chosen = layer if channels == list(range(len(layer))) else layer[channels]
    if isinstance(scale, str) and scale not in _SCALES:
        raise ArgumentError(f"a scale is {', '.join(_SCALES)} or (low, high), not {scale!r}")
    if isinstance(scale, str):
        if scale == "channel":
            each = [rescale(one, shown_limits(one, colormap)) for one in chosen]
            return np.stack(each), None
        limits = shown_limits(layer if scale == "layer" else chosen, colormap)
    else:
        low, high = check_limits(scale)
        limits = (low, high) if low != high else _UNSCALED
    return rescale(chosen, limits), limits
