import numpy as np
import pytest

from actiscope import ArgumentError, Box, changes
from actiscope.activations import Activations
from actiscope.images.samples import EYES

LAYER = "fire6-relu_squeeze1x1"
WINDOWS = {"other": Box(72, 56, 136, 120), "patched": Box(72, 120, 136, 184)}
"""Rows 4-7 and columns 3-6 or 7-10 of the 14 x 14 map: the windows of the oracle."""


@pytest.fixture(scope="module")
def opened(net, a1):
    return net.activations(a1, LAYER)


def test_flat_patch_gives_the_numbers_of_the_oracle(net, opened, patched, oracle):
    truth = oracle("pipeline_A1_227")["A1_227"]["A1_eye_windows_1based_rows5-8"]
    found = changes(opened, net.activations(patched, LAYER), [13, 46], WINDOWS)
    eyes = {"other": "other_eye_cols4-7", "patched": "patched_eye_cols8-11"}
    checked = 0
    for change in found:
        if change.region in eyes:
            key = eyes[change.region]
            name = f"ch{change.channel + 1}"
            assert change.before == pytest.approx(truth[f"{name}_open"][key], rel=1e-5)
            assert change.after == pytest.approx(truth[f"{name}_closed"][key], rel=1e-5)
            checked += 1
    assert checked == 4


def test_closing_an_eye_drops_its_peak_and_no_other(net, opened, closed):
    """The eye table of the walkthrough, and what it means."""
    found = {
        (change.channel, change.region): change
        for change in changes(opened, net.activations(closed, LAYER), [13, 46], EYES)
    }
    table = {
        (13, "left of the picture"): (1822, 1809),
        (13, "right of the picture"): (1502, 774),
        (46, "left of the picture"): (892, 894),
        (46, "right of the picture"): (724, 183),
    }
    for key, (before, after) in table.items():
        assert found[key].before == pytest.approx(before, rel=0.001)
        assert found[key].after == pytest.approx(after, rel=0.01)
    for (_, region), change in found.items():
        if region == "right of the picture":
            assert change.percent < -45
            assert change.same_unit < 0.25 * change.before
        else:
            assert abs(change.percent) < 1


def test_elsewhere_is_what_no_region_holds(opened):
    found = changes(opened, opened, [0], {"top": Box(0, 0, 120, 227)})
    assert [change.region for change in found] == ["top", "elsewhere"]
    height = sum(15.5 + 16 * row < 120 for row in range(14))
    assert found[1].before == opened.values[0, height:].max()
    assert all(change.difference == 0 for change in found)
    whole = changes(opened, opened, [0], {"all": Box(0, 0, 227, 227)})
    assert [change.region for change in whole] == ["all"]


def test_percent_of_nothing_is_none(opened):
    dead = next(channel for channel in range(48) if opened.values[channel, 0, 0] == 0)
    found = changes(opened, opened, [dead], {"corner": Box(0, 0, 16, 16)})
    assert found[0].percent is None


def test_what_does_not_belong_together(net, opened, a1):
    with pytest.raises(ArgumentError, match="cannot compare"):
        changes(opened, net.activations(a1[:200], LAYER), [0], EYES)
    with pytest.raises(ArgumentError, match="cannot compare"):
        changes(opened, net.activations(a1, "conv1"), [0], EYES)
    several = net.activations([a1], LAYER)
    with pytest.raises(ArgumentError, match="choose one"):
        changes(several, several, [0], EYES)
    with pytest.raises(ArgumentError, match=r"no unit of .* is centred in 'dot'"):
        changes(opened, opened, [0], {"dot": Box(0, 0, 2, 2)})


def test_a_region_outside_the_picture_is_refused(opened):
    beside = Box(10, 228, 50, 240)
    with pytest.raises(ArgumentError, match=r"'far' lies outside .* columns 228 to 240 and rows"):
        changes(opened, opened, [0], {"far": beside})
    assert changes(opened, opened, [0], {"near": beside._replace(left=226)})


@pytest.mark.parametrize("name", ["elsewhere", "outside all regions"])
def test_a_region_called_as_what_lies_in_none_is_refused(opened, name):
    with pytest.raises(ArgumentError, match=f"'{name}' is what lies in no region"):
        changes(opened, opened, [13], {name: Box(0, 0, 50, 50)})


def test_what_lies_in_no_region_is_elsewhere_only_beside_a_single_one(opened):
    found = changes(opened, opened, [13], {"top": Box(0, 0, 80, 227), "left": Box(0, 0, 227, 80)})
    assert [change.region for change in found] == ["top", "left", "outside all regions"]


def test_values_that_are_no_numbers_are_named(opened):
    values = opened.values.copy()
    values[13, 2, 3] = np.nan
    broken = Activations(values, opened.layer, opened.network, opened.placements)
    with pytest.raises(ArgumentError, match=f"channel 13 of '{LAYER}' has values that are no"):
        changes(opened, broken, [12, 13], WINDOWS)
    assert changes(opened, broken, [12], WINDOWS)
