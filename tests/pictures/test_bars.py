import numpy as np
import pytest

from actiscope import ArgumentError, ChannelError
from actiscope.pictures import bar_chart
from actiscope.pictures.bars import _BAR


def heights(drawn):
    """How many pixels of bar each column has."""
    return (np.asarray(drawn) == _BAR).all(axis=2).sum(axis=0)


def test_bars_are_as_high_as_their_values():
    found = heights(bar_chart([0.0, 1.0, 2.0, 4.0]))
    seen = sorted(set(found[found > 1]))
    assert len(seen) == 3
    assert seen == pytest.approx([60, 120, 240], abs=2)


def test_negative_values_hang_from_zero():
    drawn = np.asarray(bar_chart([1.0, -1.0]))
    rows = [
        np.flatnonzero((drawn[:, column] == _BAR).all(axis=1)) for column in range(drawn.shape[1])
    ]
    spans = {(part.min(), part.max()) for part in rows if part.size > 2}
    (upper, middle), (middle_again, lower) = sorted(spans)
    assert upper < middle <= middle_again + 1 < lower


def test_a_thousand_classes_fit(net, a1):
    drawn = net.activations(a1, "prob").grid()
    assert drawn.shape[1] < 1200
    assert heights(drawn).max() > 230


def test_what_is_no_vector():
    with pytest.raises(ArgumentError, match="a vector"):
        bar_chart(np.eye(2))
    with pytest.raises(ArgumentError, match="NaN"):
        bar_chart([np.nan])
    with pytest.raises(ChannelError, match="channels are 0-1"):
        bar_chart([1.0, 2.0], [2])
