"""What is kept of a layer's answer to one picture."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from actiscope.activations import Values
from actiscope.collection.histogram import BINS, ZERO, bin_of
from actiscope.errors import NetworkError

Numbers = npt.NDArray[np.int64]

_BLOCK = 1 << 15
"""Values that are counted at a time: they stay in the cache."""


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
    cells, times : ndarray of int64, (n,)
        Bins that values fell into, ``channel * BINS + bin_of(value)``, and how many did; a bin may
        be there more than once.
    values : ndarray of float32, (C, k)
        Its strongest values, the largest first; of equal ones that which is read first.
    positions : ndarray of int32, (C, k)
        Where they are in the map, in reading order.
    """

    units: int
    low: Values
    high: Values
    sums: npt.NDArray[np.float64]
    cells: Numbers
    times: Numbers
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
    cells, times = (_count_all if units >= BINS else _count_few)(values)
    return Reduced(
        units=units,
        low=low,
        high=chosen[:, 0],
        sums=np.stack([precise.sum(axis=1), np.einsum("cu,cu->c", precise, precise)]),
        cells=cells,
        times=times,
        values=chosen,
        positions=positions.astype(np.int32),
    )


def _count_few(values: Values) -> tuple[Numbers, Numbers]:
    """Return `cells` and `times` where there are more bins than values: look at no zero twice."""
    where = np.flatnonzero(values != 0)
    channel = where // values.shape[1]
    others = np.bincount(channel, minlength=len(values))
    cells = channel * BINS + bin_of(values.reshape(-1)[where])
    zeros = np.arange(len(values)) * BINS + ZERO
    times = np.concatenate([np.ones_like(cells), values.shape[1] - others])
    return np.concatenate([cells, zeros]), times


def _count_all(values: Values) -> tuple[Numbers, Numbers]:
    """Return `cells` and `times`, each bin once."""
    counts = np.empty(len(values) * BINS, dtype=np.int64)
    step = max(1, _BLOCK // values.shape[1])
    for start in range(0, len(values), step):
        bins = bin_of(values[start : start + step])
        bins += np.arange(len(bins))[:, np.newaxis] * BINS
        size = len(bins) * BINS
        counts[start * BINS :][:size] = np.bincount(bins.reshape(-1), minlength=size)
    cells = np.flatnonzero(counts)
    return cells, counts[cells]
