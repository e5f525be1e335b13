"""Keys' cubic kernel as the matrix of an axis, or as what is not zero of it.

The kernel (a = -0.5) is stretched when shrinking, so that nothing aliases, and the line is extended
symmetrically at its ends: R. Keys, "Cubic convolution interpolation for digital image processing",
IEEE Trans. ASSP 29 (1981), https://doi.org/10.1109/TASSP.1981.1163711.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from actiscope.pictures.scaling import Floats

_BLOCKS = range(8, 33)
"""Outputs of a window: the fewer, the fewer zeros are multiplied."""
_PACES = (1, 2, 4)
"""Inputs from one window to the next where each gives many outputs."""
_LANES = 8
"""Numbers that a processor multiplies at a time."""


def _cubic(distance: Floats) -> Floats:
    """Evaluate Keys' kernel."""
    x = np.abs(distance)
    near = (1.5 * x - 2.5) * x * x + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return np.where(x <= 1, near, np.where(x < 2, far, 0.0))


def _reading(
    positions: Floats, inputs: int, factor: float = 1.0
) -> tuple[npt.NDArray[np.intp], Floats]:
    """Return which inputs are read at `positions` (centres of inputs), and by what weights."""
    shrink = min(factor, 1.0)
    taps = math.ceil(4 / shrink) + 2
    first = np.floor(positions - 2 / shrink).astype(np.intp)
    indices = first[:, np.newaxis] + np.arange(taps)
    weights = _cubic(shrink * (positions[:, np.newaxis] - indices))
    weights /= weights.sum(axis=1, keepdims=True)
    mirrored = indices % (2 * inputs)
    return np.minimum(mirrored, 2 * inputs - 1 - mirrored), weights


def matrix_of(positions: Floats, inputs: int) -> Floats:
    """Return the (outputs, inputs) matrix that reads a line at `positions`."""
    indices, weights = _reading(positions, inputs)
    matrix = np.zeros((len(positions), inputs))
    np.add.at(matrix, (np.arange(len(positions))[:, np.newaxis], indices), weights)
    return matrix


@dataclass(frozen=True)
class Windows:
    """The matrix of an axis, in parts of one size.

    Parameters
    ----------
    pace : int
        Inputs from the first of one window to the first of the next.
    before : int
        Inputs by which the first window begins before the first of them.
    weights : ndarray, (windows, inputs, outputs)
        The last outputs may be too many.
    """

    pace: int
    before: int
    weights: Floats

    def length(self, inputs: int) -> int:
        """Return how many inputs there are with the zeros that windows read around them."""
        windows, taps, _ = self.weights.shape
        return int(max(self.before + inputs, (windows - 1) * self.pace + taps))


@lru_cache(maxsize=64)
def windows_of(inputs: int, outputs: int, factor: float) -> Windows:
    """Return the matrix that resizes a line by a factor.

    Parameters
    ----------
    inputs, outputs : int
        Lengths of the line.
    factor : float
        Outputs for an input; the last outputs may be cut off.
    """
    positions = (np.arange(outputs) + 0.5) / np.float64(factor) - 0.5
    indices, read = _reading(positions, inputs, factor)
    pace, block = _cut(inputs, outputs, factor)
    output, tap = np.nonzero(read)
    window = output // block
    place = indices[output, tap] - window * pace
    before = max(0, -int(place.min()))
    weights = np.zeros((int(window[-1]) + 1, int(place.max()) + before + 1, block))
    np.add.at(weights, (window, place + before, output % block), read[output, tap])
    return Windows(pace, before, weights)


def _cut(inputs: int, outputs: int, factor: float) -> tuple[int, int]:
    """Return the pace of the windows and how many outputs each gives."""

    def cost(choice: tuple[int, int]) -> float:
        pace, block = choice
        windows = -(-outputs // block)
        taps = block / factor + 4 / min(factor, 1) + windows * abs(block / factor - pace)
        return windows * min(taps, inputs) * -(-block // _LANES)

    paces = {*_PACES, *(round(block / factor) for block in _BLOCKS)}
    choices = [(pace, round(pace * factor)) for pace in sorted(paces)]
    return min([(inputs, outputs), *(each for each in choices if 0 < each[1] < outputs)], key=cost)
