"""The unit of a channel that a question is about."""

from collections.abc import Sequence

import numpy as np

from actiscope.activations import Activations
from actiscope.errors import ArgumentError


def check_finite(answer: Activations, channels: Sequence[int]) -> None:
    """Refuse channels with values that are no finite numbers.

    Parameters
    ----------
    answer : Activations
        Of one picture.
    channels : sequence of int
        From 0.

    Raises
    ------
    ArgumentError
        If there is one; it is named.
    """
    for channel in channels:
        if not np.isfinite(answer.maps[channel]).all():
            raise ArgumentError(
                f"channel {channel} of {answer.layer.name!r} has values that are no finite numbers"
            )


def find_unit(answer: Activations, channel: int, unit: tuple[int, int] | None) -> tuple[int, int]:
    """Return a unit that was named, or else that of a channel's largest value.

    Parameters
    ----------
    answer : Activations
        Of one picture.
    channel : int
        From 0.
    unit : (int, int), optional
        Row and column from 0.

    Returns
    -------
    (int, int)
        Row and column.

    Raises
    ------
    ArgumentError
        If there is no such unit, or the channel has values that are no finite numbers.
    """
    check_finite(answer, [channel])
    maps = answer.maps[channel]
    if unit is None:
        row, col = np.unravel_index(maps.argmax(), maps.shape)
        return int(row), int(col)
    row, col = unit
    if not (0 <= row < maps.shape[0] and 0 <= col < maps.shape[1]):
        raise ArgumentError(
            f"no unit {row}, {col}: {answer.layer.name!r} has rows 0-{maps.shape[0] - 1} and "
            f"columns 0-{maps.shape[1] - 1}"
        )
    return row, col
