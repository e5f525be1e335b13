"""A real photograph, in which what is marked was not planted: the coins of scikit-image."""

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage
from skimage import data, filters

from actiscope import open_network
from actiscope.studies import dissect, read_examples
from actiscope.studies.dissection import caveats

SIDE = 96
OTHERS = ("brick", "grass", "gravel", "camera", "moon", "text", "page")


def coins_and_mask():
    """The photograph, and where it is lighter than around: 24 coins."""
    photo = data.coins()
    smooth = ndimage.median_filter(photo, 5)
    lighter = smooth > filters.threshold_local(smooth, 151, offset=-8)
    mask = ndimage.binary_opening(ndimage.binary_fill_holes(lighter), iterations=4)
    assert ndimage.label(mask)[1] == 24
    return photo, mask


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("coins")
    photo, mask = coins_and_mask()
    for number, (row, col) in enumerate(np.ndindex(3, 4)):
        cut = np.s_[69 * row : 69 * row + SIDE, 72 * col : 72 * col + SIDE]
        Image.fromarray(photo[cut]).save(folder / f"coin-{number}.png")
        Image.fromarray(mask[cut]).save(folder / f"coin-{number}.coin.png")
    for name in OTHERS:
        other = getattr(data, name)()
        for number, (row, col) in enumerate(((10, 10), (60, 90), (95, 200))):
            cut = other[row : row + SIDE, col : col + SIDE]
            Image.fromarray(cut).save(folder / f"{name}-{number}.png")
    examples = read_examples(folder)
    return dissect(open_network(), examples, "fire9-concat", "coin", size=227, controls=2)


def test_a_channel_overlaps_with_the_coins_as_far_as_one_can(found):
    best = max(found.channels, key=lambda each: each.iou)
    assert found.localization.pictures == 12
    assert 0.05 < found.localization.area < 0.2
    assert best.iou > 0.8 * found.localization.highest_iou
    assert best.iou > 1.5 * max(each.iou for each in found.controls)
    assert best.hit_rate > 2 * found.localization.chance
    assert best.auc > 0.85


def test_how_far_one_can_overlap_is_said(found):
    told = " ".join(caveats(found))
    assert "a channel is high on 0.5 % of them, so no overlap can be much above 0.0" in told
