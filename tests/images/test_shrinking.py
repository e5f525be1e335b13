"""Large pictures become small ones."""

import numpy as np
import pytest

from actiscope.images.shrinking import shrink


@pytest.mark.parametrize(
    ("size", "small"),
    [((300, 400), (75, 100)), ((400, 300), (100, 75)), ((1, 9999), (1, 100)), ((100, 7), (100, 7))],
)
def test_the_longer_side_has_what_it_may_have(size, small):
    shrunk = shrink(np.full((*size, 3), 7, np.uint8), 100)
    assert shrunk.shape == (*small, 3)
    assert (shrunk == 7).all()
