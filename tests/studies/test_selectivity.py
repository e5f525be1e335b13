"""Which channels changed in one place: the eye experiment with the numbers of the oracle."""

import re

import numpy as np
import pytest

from actiscope import ArgumentError, Box, open_network
from actiscope.images.edits import fill
from actiscope.images.samples import face
from actiscope.studies import selectivity

LAYER = "fire6-relu_squeeze1x1"
RIGHT, LEFT = "right eye", "left eye"
EYES = {RIGHT: Box(72, 120, 136, 184), LEFT: Box(72, 56, 136, 120)}
PATCHES = {
    RIGHT: (slice(93, 114), slice(120, 155)),
    LEFT: (slice(91, 112), slice(74, 109)),
    "cheek": (slice(128, 149), slice(120, 155)),
}
SKIN = (230, 197, 175)
ORACLE = {
    (13, RIGHT): (1501.7029106465225, 559.0614472247524),
    (13, LEFT): (1821.6565755409324, 1776.7562544824889),
    (46, RIGHT): (723.7349204883667, 219.44804504030174),
    (46, LEFT): (892.1839358205632, 888.1172948843313),
}


@pytest.fixture(scope="module")
def answers():
    net = open_network("squeezenet")
    return lambda picture: net.activations(picture, LAYER)


def patched(where):
    mask = np.zeros((227, 227), dtype=bool)
    mask[PATCHES[where]] = True
    return fill(face(), mask, "flat", colour=SKIN)


def test_the_closed_eye_has_the_numbers_of_the_oracle(answers):
    found = selectivity(answers(face()), answers(patched(RIGHT)), EYES)
    for (channel, region), (before, after) in ORACLE.items():
        (one,) = (each for each in found[region] if each.inside.channel == channel)
        assert one.inside.before == pytest.approx(before, rel=1e-5)
        assert one.inside.after == pytest.approx(after, rel=1e-5)
        assert one.channels == 48


@pytest.mark.parametrize(("closed", "other"), [(RIGHT, LEFT), (LEFT, RIGHT)])
def test_the_eye_channels_fall_at_the_closed_eye_and_hold_at_the_other(answers, closed, other):
    found = selectivity(answers(face()), answers(patched(closed)), EYES)
    by = {(one.inside.channel, region): one for region in EYES for one in found[region]}
    for channel in (13, 46):
        assert by[channel, closed].inside.percent < -40
        assert abs(by[channel, other].inside.percent) < 10
        assert by[channel, closed].rank <= 6


def test_a_patch_on_the_cheek_closes_no_eye(answers):
    found = selectivity(answers(face()), answers(patched("cheek")), EYES)
    for channel in (13, 46):
        (one,) = (each for each in found[RIGHT] if each.inside.channel == channel)
        assert one.inside.percent > -40


def test_ranks_are_by_how_much_more_moved_inside(answers):
    found = selectivity(answers(face()), answers(patched(RIGHT)), EYES)[RIGHT]
    assert [one.rank for one in found] == list(range(1, 49))
    scores = [one.selectivity for one in found]
    assert scores == sorted(scores, reverse=True)
    assert all(score >= -1 for score in scores)
    first = found[0]
    moved = abs(first.inside.difference) - abs(first.outside.difference)
    whole = answers(face()).maps[first.inside.channel].max()
    assert first.selectivity == pytest.approx(moved / whole)


def test_it_says_in_words_what_it_found(answers):
    found = selectivity(answers(face()), answers(patched(RIGHT)), EYES)[RIGHT]
    (one,) = (each for each in found if each.inside.channel == 13)
    what = r"channel 13: -62\.8 % at 'right eye', \+2\.1 % outside all regions"
    assert re.fullmatch(rf"{what}; \d(st|nd|rd|th) of 48 most selective", str(one))


def test_elsewhere_is_said_where_no_other_region_is(answers):
    found = selectivity(answers(face()), answers(patched(RIGHT)), {RIGHT: EYES[RIGHT]})[RIGHT]
    assert all(re.search(r", [^,]+ elsewhere; ", str(one)) for one in found)


def test_a_layer_that_sees_the_whole_picture_has_no_regions():
    before, after = (open_network("squeezenet").activations(each, "pool10") for each in (
        face(), patched(RIGHT)))  # fmt: skip
    with pytest.raises(ArgumentError, match="'pool10' sees the whole picture"):
        selectivity(before, after, EYES)
