"""Sums of floats that are the same in any order, because nothing is rounded.

Each float is added as a whole number to the digits of a large one, kept in 32-bit pieces that carry
over only when the sum is read: J. Demmel and Y. Hida, "Accurate and Efficient Floating Point
Summation", SIAM J. Sci. Comput. 25 (2003), https://doi.org/10.1137/S1064827502407627.
"""

import numpy as np
import numpy.typing as npt

Sums = npt.NDArray[np.int64]

_BITS = 32
_MASK = np.int64((1 << _BITS) - 1)
_LOWEST = -384
"""Exponent of the lowest digit: squares of the smallest float32 are 2^-298."""
_FRACTION = 52
_BIAS = 1023
"""Bits of a float64 below its exponent, and the exponent of one."""
_PIECES = 25
"""Up to 2^416: sums of squares of the largest float32, 2^256, and room to grow."""


def empty_sums(*shape: int) -> Sums:
    """Return sums of nothing.

    Parameters
    ----------
    *shape : int
        How many, along each axis.

    Returns
    -------
    ndarray of int64, (*shape, pieces)
        Two such arrays are added by ``+``; up to 2^30 floats may be added to each sum.
    """
    return np.zeros((*shape, _PIECES), dtype=np.int64)


def add_exactly(sums: Sums, values: npt.NDArray[np.float64]) -> None:
    """Add a float to each sum, in place.

    Parameters
    ----------
    sums : ndarray of int64, (*shape, pieces)
        The sums, C-contiguous.
    values : ndarray of float64, shape
        What is added: results of arithmetic on float32, finite.
    """
    bits = values.reshape(-1).view(np.int64)
    exponent = (bits >> _FRACTION) & 0x7FF
    digits = (bits & ((1 << _FRACTION) - 1)) | ((exponent > 0).astype(np.int64) << _FRACTION)
    digits = np.where(bits < 0, -digits, digits)
    place = np.maximum(exponent - (_BIAS + _FRACTION + _LOWEST), 0)
    shift = place % _BITS
    lower = (digits & _MASK) << shift
    upper = ((digits >> _BITS) << shift) + (lower >> _BITS)
    pieces = sums.reshape(-1)
    first = np.arange(0, len(pieces), _PIECES) + place // _BITS
    pieces[first] += lower & _MASK
    pieces[first + 1] += upper & _MASK
    pieces[first + 2] += upper >> _BITS


def exact_totals(sums: Sums) -> list[int]:
    """Return each of the sums, (count, pieces), as a whole number of `UNIT`."""
    return [sum(int(digits) << (_BITS * place) for place, digits in enumerate(row)) for row in sums]


UNIT = 1 << -_LOWEST
"""One is so many of what `exact_totals` counts."""
