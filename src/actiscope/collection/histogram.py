"""Bins that are the same for every channel of every network, so that counts simply add.

Each power of two from 2^-24 to 2^24 is cut into eight bins, for either sign, with one bin around
zero. A quantile read off them is within 1/16 of itself, or 2^-24 where it is nearer to zero.
"""

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]

_STEPS = 8
_LOWEST, _HIGHEST = -24, 24
_SIDE = (_HIGHEST - _LOWEST) * _STEPS
BINS = 2 * _SIDE + 1
ZERO = _SIDE
_UPPER = 20
"""Bits of a float32 below its sign, its exponent and three more, which tell its bin."""
_BIAS = 127


def _table() -> npt.NDArray[np.intp]:
    upper = np.arange(1 << (32 - _UPPER))
    magnitude = upper % (len(upper) // 2)
    distance = np.clip(magnitude - (_BIAS + _LOWEST) * _STEPS + 1, 0, _SIDE)
    return np.where(upper == magnitude, ZERO + distance, ZERO - distance)


_TABLE = _table()


def bin_of(values: npt.NDArray[np.float32]) -> npt.NDArray[np.intp]:
    """Return the bin of each value, 0 to `BINS` - 1; values beyond 2^24 fall into the last.

    Examples
    --------
    >>> bin_of(np.array([0, 1, -1], dtype=np.float32)) - ZERO
    array([   0,  193, -193])
    """
    return _TABLE.take(values.view(np.uint32) >> _UPPER)


def edges() -> npt.NDArray[np.float64]:
    """Return the `BINS` + 1 edges of the bins, ascending."""
    steps = np.arange(_SIDE + 1)
    above = np.ldexp(1 + steps % _STEPS / _STEPS, _LOWEST + steps // _STEPS)
    return np.concatenate([-above[::-1], above])


def heights(counts: Counts, low: float, high: float, bars: int) -> npt.NDArray[np.float64]:
    """Return how tall the bars of a histogram are: values linear, heights logarithmic.

    Parameters
    ----------
    counts : ndarray of int64, (BINS,)
        How many values fell into each bin; not all zero.
    low, high : float
        Smallest and largest value: the left of the first bar and the right of the last one.
    bars : int
        How many.

    Returns
    -------
    ndarray of float64, (bars,)
        0-1, of which 1 is the tallest. Within a bin values count as spread evenly; if all values
        are equal they are in the first bar.
    """
    if low == high:
        return np.asarray(np.eye(1, bars)[0])
    (filled,) = np.nonzero(counts)
    first, last = filled[0], filled[-1] + 1
    sides = edges()[first : last + 1]
    sides[0], sides[-1] = low, high
    below = np.concatenate([[0], np.cumsum(counts[first:last])])
    until = np.interp(np.linspace(low, high, bars + 1), sides, below)
    until[0] = 0  # a bin that begins at the lowest value has no width there
    tall = np.log1p(np.diff(until))
    return np.asarray(tall / tall.max())


def quantile(counts: Counts, share: float, low: float, high: float) -> float:
    """Return the value below which a share of the counted values lies.

    Parameters
    ----------
    counts : ndarray of int64, (BINS,)
        How many values fell into each bin; not all zero.
    share : float
        0 to 1.
    low, high : float
        Smallest and largest value, which the answer does not leave.

    Returns
    -------
    float
        Within 1/16 of the true one, or within 2^-24, where that is between -2^24 and 2^24.
    """
    running = np.cumsum(counts)
    rank = min(int(share * running[-1]), int(running[-1]) - 1)
    found = int(np.searchsorted(running, rank, side="right"))
    if found == ZERO:
        return float(np.clip(0.0, low, high))
    lower, upper = edges()[found : found + 2]
    return float(np.clip((lower + upper) / 2, low, high))
