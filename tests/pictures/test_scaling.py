import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from actiscope import ArgumentError, rescale

arrays = hnp.arrays(np.float64, hnp.array_shapes(), elements=st.floats(-1e6, 1e6))


def test_oracle(oracle):
    for case in oracle("vectors")["mat2gray"]:
        got = rescale(case["A"], case["limits"])
        np.testing.assert_allclose(got, case["out"], rtol=0, atol=1e-12)


@given(arrays)
def test_range_order_and_input(values):
    before = values.copy()
    scaled = rescale(values)
    assert np.array_equal(values, before)
    assert scaled.dtype == np.float64
    assert scaled.min() >= 0
    assert scaled.max() <= 1
    order = np.argsort(values, axis=None, kind="stable")
    assert (np.diff(scaled.ravel()[order]) >= 0).all()


def test_limits_in_falling_order_invert():
    assert rescale([0, 1, 4], (4, 0)).tolist() == [1, 0.75, 0]


def test_32_bit_floats_are_scaled_at_64(net, a1):
    values = net.activations(a1, "conv1").values
    exact = values.astype(np.float64)
    wanted = (exact - exact.min()) / (exact.max() - exact.min())
    np.testing.assert_allclose(rescale(values), wanted, rtol=0, atol=1e-15)


@pytest.mark.parametrize(
    ("values", "limits", "message"),
    [
        ([], None, "no values"),
        ([0, np.nan], None, "1 of 2 values are NaN or infinite"),
        ([np.inf, 0], None, "1 of 2 values"),
        (["a"], None, "expected real numbers"),
        ([1j], None, "expected real numbers"),
        ([0, 1], (0, np.nan), "must be finite"),
        ([0, 1], (0,), "two numbers"),
        ([0, 1], "ab", "two numbers"),
        ([0, 1], 3, "two numbers"),
        ([0, 1], "12", "two numbers"),
    ],
)
def test_bad_values_and_limits(values, limits, message):
    with pytest.raises(ArgumentError, match=message):
        rescale(values, limits)
