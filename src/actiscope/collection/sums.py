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
_PIECES = 25
"""Up to 2^416: sums of squares of the largest float32, 2^256, and room to grow."""


def empty_sums(count: int) -> Sums:
    """Return sums of nothing.

    Parameters
    ----------
    count : int
        How many.

    Returns
    -------
    ndarray of int64, (count, pieces)
        Two such arrays are added by ``+``; up to 2^29 floats may be added to each sum.
    """
    return np.zeros((count, _PIECES), dtype=np.int64)


def add_exactly(sums: Sums, values: npt.NDArray[np.float64]) -> None:
    """Add a float to each sum, in place.

    Parameters
    ----------
    sums : ndarray of int64, (count, pieces)
        The sums.
    values : ndarray of float64, (count,)
        What is added: results of arithmetic on float32, finite.
    """
    fraction, exponent = np.frexp(values)
    digits = (np.abs(fraction) * (1 << 53)).astype(np.int64)
    sign = np.sign(fraction).astype(np.int64)
    piece, shift = np.divmod(exponent.astype(np.int64) - 53 - _LOWEST, _BITS)
    rows = np.arange(len(sums))
    for half, above in ((digits & _MASK, 0), (digits >> _BITS, 1)):
        shifted = half << shift
        sums[rows, piece + above] += sign * (shifted & _MASK)
        sums[rows, piece + above + 1] += sign * (shifted >> _BITS)


def exact_totals(sums: Sums) -> list[int]:
    """Return each sum as a whole number of `UNIT`."""
    return [sum(int(digits) << (_BITS * place) for place, digits in enumerate(row)) for row in sums]


UNIT = 1 << -_LOWEST
"""One is so many of what `exact_totals` counts."""
