"""Sums are exact, and the same in any order."""

import math
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from actiscope.collection.sums import UNIT, add_exactly, empty_sums, exact_totals

FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)


@given(st.lists(FLOATS, max_size=30), st.randoms())
def test_a_sum_is_exact_in_any_order(values, random):
    sums, other = empty_sums(1), empty_sums(1)
    for value in values:
        add_exactly(sums, np.array([value]))
    random.shuffle(values)
    for value in values:
        add_exactly(other, np.array([value]))
    assert Fraction(exact_totals(sums)[0], UNIT) == sum(map(Fraction, values))
    assert sums.tobytes() == other.tobytes()


@given(st.lists(FLOATS, max_size=30))
def test_squares_are_exact_too(values):
    squares = [value * value for value in values]
    sums = empty_sums(1)
    for square in squares:
        add_exactly(sums, np.array([square]))
    assert exact_totals(sums)[0] / UNIT == math.fsum(squares)


def test_each_sum_is_its_own():
    sums = empty_sums(3)
    add_exactly(sums, np.array([1.0, -0.5, 0.0]))
    add_exactly(sums, np.array([1e30, 0.25, -0.0]))
    assert [total / UNIT for total in exact_totals(sums)] == [1e30 + 1, -0.25, 0.0]
