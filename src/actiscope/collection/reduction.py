"""What is kept of a layer's answer to one picture."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from actiscope.activations import Values
from actiscope.collection.histogram import BINS, bin_of
from actiscope.errors import NetworkError

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Reduced:
    """A layer's answer to one picture, channel by channel.

    Parameters
    ----------
    units : int
        How many values each channel gave.
    low, high : ndarray of float32, (C,)
        Its smallest and largest value; no zero is negative.
    sums : ndarray of float64, (2, C)
        Of its values and of their squares.
    zeros : ndarray of int64, (C,)
        How many values are zero.
    cells : ndarray of int64, (n,)
        For each other value ``channel * BINS + bin_of(value)``.
    values : ndarray of float32, (C, k)
        Its strongest values, the largest first; of equal ones that which is read first.
    positions : ndarray of int32, (C, k)
        Where they are in the map, in reading order.
    """

    units: int
    low: Values
    high: Values
    sums: npt.NDArray[np.float64]
    zeros: Numbers
    cells: Numbers
    values: Values
    positions: npt.NDArray[np.int32]

    @property
    def means(self) -> npt.NDArray[np.float64]:
        """The mean of each channel, (C,)."""
        return np.asarray(self.sums[0] / self.units)


def reduce_maps(maps: Values, strongest: int = 1) -> Reduced:
    """Reduce a layer's answer to what is kept of it.

    Parameters
    ----------
    maps : ndarray of float32, (C, H, W)
        The values.
    strongest : int
        At most how many of the strongest units of each channel are kept.

    Returns
    -------
    Reduced
        The same bytes for the same values.

    Raises
    ------
    NetworkError
        If there is a value that is no number, or infinite.
    """
    values = maps.reshape(len(maps), -1)
    units = values.shape[1]
    if strongest == 1:
        positions = values.argmax(axis=1)[:, np.newaxis]
    else:
        positions = np.argsort(-values, axis=1, kind="stable")[:, :strongest]
    plus_zero = np.float32(0)  # there is no -0 any more
    chosen = np.take_along_axis(values, positions, axis=1) + plus_zero
    low = values.min(axis=1) + plus_zero
    if not (np.isfinite(low).all() and np.isfinite(chosen).all()):
        raise NetworkError("a layer answers with values that are no finite numbers")
    precise = values.astype(np.float64)
    where = np.flatnonzero(values != 0)
    channel = where // units
    return Reduced(
        units=units,
        low=low,
        high=chosen[:, 0],
        sums=np.stack([precise.sum(axis=1), np.einsum("cu,cu->c", precise, precise)]),
        zeros=units - np.bincount(channel, minlength=len(values)),
        cells=channel * BINS + bin_of(values.reshape(-1)[where]),
        values=chosen,
        positions=positions.astype(np.int32),
    )
