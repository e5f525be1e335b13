"""The windows of an axis hold the whole matrix, and nothing else."""

import numpy as np
import pytest

from actiscope.pictures.interpolation import windows_of


def by_definition(inputs, outputs, factor):
    """The matrix of Keys' kernel on a line that is mirrored at its ends, weight by weight."""
    shrink = min(factor, 1)
    matrix = np.zeros((outputs, inputs))
    for row in range(outputs):
        position = (row + 0.5) / factor - 0.5
        reach = range(int(position - 2 / shrink) - 2, int(position + 2 / shrink) + 3)
        weights = np.array([cubic(shrink * (position - each)) for each in reach])
        for each, weight in zip(reach, weights / weights.sum(), strict=True):
            place = each % (2 * inputs)
            matrix[row, min(place, 2 * inputs - 1 - place)] += weight
    return matrix


def cubic(distance):
    x = abs(distance)
    if x <= 1:
        return 1.5 * x**3 - 2.5 * x**2 + 1
    return -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2 if x < 2 else 0.0


@pytest.mark.parametrize(
    ("inputs", "outputs", "factor"),
    [
        (533, 227, 227 / 533), (227, 1000, 1000 / 227), (14, 113, 113 / 14), (113, 57, 57 / 113),
        (1, 9, 9.0), (9, 1, 1 / 9), (2, 3, 1.5), (3, 2, 0.7), (640, 640, 1.0), (1000, 8, 0.008),
        (26, 1, 1 / 26), (31, 200, 6.5),
    ],
)  # fmt: skip
def test_windows_are_the_matrix(inputs, outputs, factor):
    windows = windows_of(inputs, outputs, factor)
    count, taps, block = windows.weights.shape
    length = windows.length(inputs)
    whole = np.zeros((count * block, length))
    for number, weights in enumerate(windows.weights):
        start = number * windows.pace
        whole[number * block :][:block, start : start + taps] = weights.T
    inside = slice(windows.before, windows.before + inputs)
    expected = by_definition(inputs, outputs, factor)
    assert np.allclose(whole[:outputs, inside], expected, rtol=0, atol=1e-14)
    assert not np.delete(whole[:outputs], np.r_[inside], axis=1).any()
