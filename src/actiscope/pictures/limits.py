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


def joint_limits(
    layer: npt.NDArray[Any], chosen: npt.NDArray[Any], scale: Scale, colormap: str
) -> tuple[float, float] | None:
    """Return the values that become 0 and 1.

    Parameters
    ----------
    layer : ndarray, (C, H, W)
        The values of the layer.
    chosen : ndarray, (K, H, W)
        Those of the channels that are drawn.
    scale : "layer", "shown", "channel" or (float, float)
        What is scaled jointly.
    colormap : str
        A signed one makes the limits symmetric around zero.

    Returns
    -------
    (float, float) or None
        None if each channel has its own.

    Raises
    ------
    ArgumentError
        If `scale` is none of these.
    """
    if not isinstance(scale, str):
        low, high = check_limits(scale)
        return (low, high) if low != high else _UNSCALED
    if scale not in _SCALES:
        raise ArgumentError(f"a scale is {', '.join(_SCALES)} or (low, high), not {scale!r}")
    if scale == "channel":
        return None
    return shown_limits(layer if scale == "layer" else chosen, colormap)


def scale_channels(
    chosen: npt.NDArray[Any], limits: tuple[float, float] | None, colormap: str
) -> Floats:
    """Scale channels to 0-1: jointly, or each by its own limits if `limits` is None."""
    if limits is not None:
        return rescale(chosen, limits)
    return np.stack([rescale(one, shown_limits(one, colormap)) for one in chosen])
