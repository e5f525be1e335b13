"""Maps of evidence over their picture, and the bar below them."""

import numpy as np
import pytest

from actiscope.geometry import Axis, Geometry
from actiscope.pictures.colorbar import colorbar
from actiscope.pictures.occlusion import evidence_picture

CELLS = Geometry(Axis(10, 5, 0, 10), Axis(10, 5, 0, 10))


@pytest.mark.parametrize(("colormap", "lowest"), [("viridis", 0.0), ("signed", -4.0)])
def test_only_what_can_be_negative_has_a_bar_that_is(colormap, lowest):
    grey = np.full((20, 20, 3), 128, np.uint8)
    drawn = evidence_picture(
        grey, {"map": [[0, 1], [2, 4]]}, CELLS, legend="owed", colormap=colormap
    )
    bar = colorbar(np.asarray(drawn).shape[1] - 20, (lowest, 4.0), colormap, "owed")
    height, width = bar.shape[:2]
    np.testing.assert_array_equal(np.asarray(drawn)[-10 - height : -10, 10 : 10 + width], bar)
