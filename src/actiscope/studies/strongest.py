"""Which channels of a layer answer most strongly."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from actiscope.activations import Activations
from actiscope.errors import ArgumentError
from actiscope.geometry import Box
from actiscope.pictures.scaling import as_finite

Measure = Literal["max", "mean", "energy"]

_MEASURES: dict[Measure, Callable[[npt.NDArray[Any]], npt.NDArray[Any]]] = {
    "max": lambda maps: maps.max(axis=(1, 2)),
    "mean": lambda maps: maps.mean(axis=(1, 2), dtype=np.float64),
    "energy": lambda maps: np.square(maps, dtype=np.float64).sum(axis=(1, 2)),
}


@dataclass(frozen=True)
class ChannelStrength:
    """How strongly a channel answers, and where most.

    Parameters
    ----------
    channel : int
        From 0.
    value : float
        Its measure.
    peak : float
        Its largest value.
    row, col : int
        The unit that has it, from 0; the first in reading order on ties.
    field : Box
        What that unit can see of the picture, in pixels.
    """

    channel: int
    value: float
    peak: float
    row: int
    col: int
    field: Box


def strongest(
    activations: Activations, *, by: Measure = "max", top: int | None = 1
) -> list[ChannelStrength]:
    """Rank the channels of a layer.

    Parameters
    ----------
    activations : Activations
        A layer's answer to one picture.
    by : "max", "mean" or "energy"
        The largest signed value, as in MATLAB's ``max(max(max(act)))``; the mean; or the sum of
        squares.
    top : int, optional
        How many channels; None for all.

    Returns
    -------
    list of ChannelStrength
        The strongest first; of equals, the lower channel first.

    Raises
    ------
    ArgumentError
        If the measure is unknown, `top` is below 1, there are several pictures, or values that are
        no finite numbers.
    """
    if by not in _MEASURES:
        raise ArgumentError(f"strength is measured by {', '.join(get_args(Measure))}, not {by!r}")
    if top is not None and top < 1:
        raise ArgumentError(f"top is at least 1, not {top}")
    measured = _MEASURES[by](as_finite(activations.maps))
    ranked = np.argsort(-measured, kind="stable")[:top]
    return [_describe(activations, int(channel), float(measured[channel])) for channel in ranked]


def _describe(activations: Activations, channel: int, value: float) -> ChannelStrength:
    one = activations.maps[channel]
    row, col = (int(index) for index in np.unravel_index(one.argmax(), one.shape))
    return ChannelStrength(
        channel=channel,
        value=value,
        peak=float(one[row, col]),
        row=row,
        col=col,
        field=activations.geometry.field(row, col, activations.image_size),
    )
