import numpy as np
import pytest

from actiscope import changes
from actiscope.studies import fit_colours, peak_regions

LAYER = "fire6-relu_squeeze1x1"


def test_the_eyes_are_the_first_two_peaks(net, a1):
    regions = peak_regions(net.activations(a1, LAYER), [13], most=2)
    assert list(regions) == ["around unit 5, 5", "around unit 5, 8"]
    assert regions["around unit 5, 8"].contains(103, 137)
    assert regions["around unit 5, 5"].contains(101, 92)


def test_the_fall_is_seen_between_two_noisy_photographs(net, a1, closed):
    noise = np.random.default_rng(0).integers(-1, 2, a1.shape)
    noisy = np.clip(closed.astype(int) + noise, 0, 255).astype(np.uint8)
    before, after = net.activations(a1, LAYER), net.activations(noisy, LAYER)
    found = {
        change.region: change
        for change in changes(before, after, [13], peak_regions(before, [13], most=2))
    }
    assert found["around unit 5, 8"].same_unit < 0.3 * found["around unit 5, 8"].before
    assert abs(found["around unit 5, 5"].percent) < 3


def test_a_silent_layer_has_no_peaks(net):
    silent = net.activations(np.zeros((227, 227, 3), np.uint8), LAYER)
    dead = [channel for channel in range(48) if silent.values[channel].max() == 0]
    assert peak_regions(silent, dead) == {}


def test_a_change_at_the_border_can_be_compared(net, a1):
    edited = a1.copy()
    edited[:6] = 0
    before, after = net.activations(a1, LAYER), net.activations(edited, LAYER)
    assert changes(before, after, [13, 46], peak_regions(before, [13, 46]))


def test_channel_21_of_conv1_answers_to_magenta_against_green(net, a1):
    """Its filter adds red and blue and takes away green: 1.51, -2.87, 1.30."""
    fit = fit_colours(net.activations(a1, "conv1"), 21, a1)
    assert fit.red == pytest.approx(1.51, abs=0.15)
    assert fit.green == pytest.approx(-2.87, abs=0.15)
    assert fit.blue == pytest.approx(1.30, abs=0.15)
    assert fit.explained > 0.95


def test_grey_pictures_tell_nothing_of_colour(net, a1):
    grey = np.repeat(a1[:, :, :1], 3, axis=2)
    assert fit_colours(net.activations(grey, "conv1"), 21, grey) is None
