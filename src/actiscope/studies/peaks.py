"""Where channels have their peaks."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from actiscope.activations import Activations
from actiscope.checks import check_channels
from actiscope.geometry import Box

_STRONG = 0.4
"""Share of a channel's largest value above which a local maximum counts."""


def peak_regions(
    activations: Activations, channels: Sequence[int], *, most: int = 4
) -> dict[str, Box]:
    """Return regions of the picture around the peaks of some channels.

    Parameters
    ----------
    activations : Activations
        A layer's answer to one picture.
    channels : sequence of int
        Which channels, from 0.
    most : int
        How many regions at most.

    Returns
    -------
    dict of str to Box
        By the unit of the peak, the strongest first: a unit counts that is a local maximum of
        a channel, above 0.4 of that channel's largest value, and not beside a stronger one. The
        region holds it and its neighbours. Empty if no channel is positive anywhere.

    Raises
    ------
    ChannelError
        If there is no such channel.
    """
    maps = np.stack([
        activations.channel(channel).astype(np.float64)
        for channel in check_channels(channels, activations.shape[-3])
    ])  # fmt: skip
    largest = maps.max(axis=(1, 2), keepdims=True)
    share = np.where(largest > 0, maps / np.where(largest > 0, largest, 1), 0)
    strength = np.where((share >= _STRONG) & (share == _largest_around(share)), share, 0).max(
        axis=0
    )
    regions: dict[str, Box] = {}
    while len(regions) < most and strength.max() > 0:
        row, col = (int(index) for index in np.unravel_index(strength.argmax(), strength.shape))
        strength[max(row - 1, 0) : row + 2, max(col - 1, 0) : col + 2] = 0
        regions[f"around unit {row}, {col}"] = _around(activations, row, col)
    return regions


def _largest_around(maps: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the largest value among each unit and its eight neighbours."""
    padded = np.pad(maps, ((0, 0), (1, 1), (1, 1)), constant_values=-np.inf)
    height, width = maps.shape[1:]
    shifted = [
        padded[:, row : row + height, col : col + width] for row in range(3) for col in range(3)
    ]
    return np.asarray(np.max(shifted, axis=0))


def _around(activations: Activations, row: int, col: int) -> Box:
    geometry = activations.geometry
    if geometry.is_global:
        height, width = activations.image_size
        return Box(0, 0, height, width)
    rows, cols = geometry.stride
    y, x = geometry.centre(row, col)
    return Box(y, x, y, x).grown(1.5 * rows, 1.5 * cols)
