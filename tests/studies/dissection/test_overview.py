"""All concepts of a set at once."""

import json

import numpy as np
import pytest
from PIL import Image
from scipy import stats
from tests.studies.dissection import planted

from actiscope import ArgumentError
from actiscope.studies import dissect, read_examples, survey
from actiscope.studies.dissection import (
    describe_overview,
    look,
    overview_answer,
    overview_caveats,
)
from actiscope.studies.dissection.effects import ranks_of
from actiscope.studies.dissection.significance import false_discovery, rank_sum_p

RUNS = 200


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("overview")


@pytest.fixture(scope="module")
def net(place):
    return planted.network(place)


@pytest.fixture(scope="module")
def examples(place):
    """The pattern with its boxes, and a concept that means nothing."""
    boxes = planted.pictures(place / "set")
    rows = [f"{name},pattern,{','.join(map(str, box))}" for name, box in boxes.items()]
    rows += [f"{kind}-{number}.png,luck,,,," for kind in ("pattern", "noise") for number in (1, 13)]
    rows += [f"noise-{number}.png,all,,,," for number in range(12, 40)]
    rows += [f"pattern-{number}.png,all,,,," for number in range(12)]
    text = "\n".join(["image,concept,top,left,bottom,right", *rows])
    (place / "marks.csv").write_text(text, encoding="utf-8")
    return read_examples(place / "set", place / "marks.csv")


@pytest.fixture(scope="module")
def found(net, examples):
    return survey(net, examples, "conv", controls=2)


def test_each_concept_is_told_by_its_best_channel(found, net, examples):
    first, second = found.concepts
    assert (first.concept, first.channel) == ("pattern", planted.DETECTOR)
    assert (first.pictures, second.concept, second.pictures) == (12, "luck", 2)
    alone = dissect(net, examples, "conv", "pattern", controls=2)
    assert first.auc == pytest.approx(alone.best.auc)
    assert (first.low, first.high) == pytest.approx((alone.best.low, alone.best.high))
    assert first.iou == pytest.approx(alone.best.iou)
    assert first.best_iou == (planted.DETECTOR, first.iou)
    assert first.controls == pytest.approx([each.auc for each in alone.controls])
    assert first.control_iou == pytest.approx(max(each.iou for each in alone.controls))
    assert first.held_out > 0.95
    assert first.is_significant
    assert not second.is_significant
    assert second.iou is None


def test_channels_that_answer_are_listed_with_their_concepts(found):
    assert [name for name, _ in found.detectors[planted.DETECTOR]] == ["pattern"]
    assert next(iter(found.detectors)) == planted.DETECTOR
    assert overview_answer(found).startswith("1 of 2 concepts have a channel of conv that answers")


def test_what_it_does_not_show_is_said(found, net, tmp_path):
    assert "Fewer than 20 pictures show pattern, luck" in " ".join(overview_caveats(found))
    for number in range(30):
        name = f"{'dark' if number < 15 else 'light'}-{number}.png"
        Image.new("L", (planted.SIZE, planted.SIZE), 40 + 5 * number).save(tmp_path / name)
    greys = survey(net, read_examples(tmp_path), "conv", controls=3)
    plain = " ".join(overview_caveats(greys))
    assert "random weights does as well or nearly so for light, dark" in plain
    assert "is known, not where" in plain
    perfect = ", ".join(each.concept for each in greys.concepts if each.low == 1)
    assert perfect
    assert f"tells all these pictures apart for {perfect}: no resampling" in plain
    assert "Every picture shows one concept" in plain


def test_boxes_outside_their_pictures_are_told(net, place):
    (place / "off.csv").write_text(
        "image,concept,top,left,bottom,right\n"
        "pattern-0.png,far,30,30,40,40\npattern-1.png,far,,,,\npattern-2.png,near,0,0,9,9\n"
    )
    found = survey(net, read_examples(place / "set", place / "off.csv"), "conv", controls=0)
    told = " ".join(overview_caveats(found))
    assert "1 box or polygon of far lies outside its picture and counts for nothing" in told
    assert "of near" not in told


def test_it_is_plain_data(found):
    data = json.loads(json.dumps(describe_overview(found), allow_nan=False))
    assert [each["concept"] for each in data["concepts"]] == ["pattern", "luck"]
    assert np.array(data["concepts"][0]["areas"]).argmax() == planted.DETECTOR
    assert data["detectors"][0]["channel"] == planted.DETECTOR
    assert len(data["pictures"]) == 40


def test_its_pictures_can_be_looked_at(net, found):
    number = int(found.strongest(planted.DETECTOR)[0])
    ((seen,),) = look(net, found, {planted.DETECTOR: [number]}).values()
    assert seen.values.max() == pytest.approx(found.scores[number, planted.DETECTOR])


def test_a_set_in_which_nothing_differs_is_refused(net, place):
    (place / "same.csv").write_text(
        "image,concept\n" + "".join(f"noise-{number}.png,a\n" for number in range(12, 40))
        + "".join(f"pattern-{number}.png,a\n" for number in range(12)), encoding="utf-8",
    )  # fmt: skip
    with pytest.raises(ArgumentError, match="no concept can be told from the rest"):
        survey(net, read_examples(place / "set", place / "same.csv"), "conv")


def test_pure_noise_has_a_significant_pair_in_at_most_5_percent_of_runs():
    false_alarms = 0
    for seed in range(RUNS):
        rng = np.random.default_rng(seed)
        classes = rng.permutation(np.repeat(np.arange(6), (3, 5, 8, 12, 16, 20)))
        labels = classes == np.arange(6)[:, np.newaxis]
        p = rank_sum_p(ranks_of(rng.normal(size=(64, 40))), labels)
        false_alarms += false_discovery(p.ravel()).min() < 0.05
    assert false_alarms <= stats.binom.ppf(0.999, RUNS, 0.05)
