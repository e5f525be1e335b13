"""Studies: what they say, what becomes of their claims, and what is wrong with a file."""

from dataclasses import replace

import numpy as np
import pytest

from actiscope import ActiscopeError, ArgumentError, Box, open_network
from actiscope.images import write_png
from actiscope.images.samples import face
from actiscope.report.study import render_study
from actiscope.studies import Change, Selectivity
from actiscope.studies.experiment import read_claim, read_study, run_study
from actiscope.studies.experiment.claims import check
from actiscope.studies.experiment.reading import example_text

SMALL = """
title: a test
layer: conv1
pictures:
  face: sample face
  changed: {of: face, patch: [10, 20, 60, 70], colour: [0, 0, 0]}
regions:
  corner: [10, 20, 60, 70]
claims:
  - channel 3 changes by more than 0 % at corner when changed
"""


@pytest.fixture(scope="module")
def eyes():
    study = read_study("eyes")
    return run_study(study, open_network(study.network))


def test_the_eye_experiment_comes_out_as_expected(eyes):
    assert eyes.as_expected
    assert len([verdict for verdict in eyes.verdicts if verdict.claim.expected]) == 6
    controls = [verdict for verdict in eyes.verdicts if not verdict.claim.expected]
    assert len(controls) == 2
    assert not any(verdict.holds for verdict in controls)
    assert {verdict.outcome for verdict in controls} == {"a control: must not hold, and does not"}
    told = eyes.describe()
    assert told["summary"] == "All 8 came out as expected."
    assert [claim["outcome"] for claim in told["claims"]] == ["holds"] * 6 + [
        "a control: must not hold, and does not"
    ] * 2


def test_the_page_has_each_claim_with_its_numbers(eyes):
    page = render_study(eyes)
    for verdict in eyes.verdicts:
        assert verdict.claim.text in page
        assert f"{verdict.outcome}: {verdict.found}" in page
    assert page.count("data:image/png;base64,") == len(eyes.comparisons) == 3
    assert 'src="http' not in page


def write(folder, text):
    path = folder / "study.yaml"
    path.write_text(text)
    return path


def test_a_claim_that_does_not_hold_is_told(tmp_path):
    path = write(tmp_path, SMALL.replace("changes by more than 0 %", "rises by more than 900 %"))
    found = run_study(read_study(path), open_network("squeezenet"))
    assert not found.as_expected
    assert not found.verdicts[0].holds
    assert found.verdicts[0].outcome == "does not hold"
    assert found.verdicts[0].found.endswith("% at corner")
    assert found.summary == "1 of 1 did not come out as expected."


def test_a_control_that_holds_is_told(tmp_path):
    path = write(tmp_path, SMALL.replace("claims:", "controls:"))
    found = run_study(read_study(path), open_network("squeezenet"))
    assert not found.as_expected
    assert found.verdicts[0].outcome == "a control: must not hold, but does"


def test_pictures_and_masks_lie_beside_the_file(tmp_path):
    mask = np.zeros((227, 227), dtype=np.uint8)
    mask[20:70, 10:60] = 255
    write_png(tmp_path / "mask.png", mask)
    write_png(tmp_path / "face.png", face())
    text = SMALL.replace("sample face", "face.png").replace("[10, 20, 60, 70], c", "mask.png, c")
    by_mask, by_box = read_study(write(tmp_path, text)), read_study(write(tmp_path, SMALL))
    np.testing.assert_array_equal(
        by_mask.variants["changed"].pixels, by_box.variants["changed"].pixels
    )


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("title: a test", "", "title is missing"),
        ("sample face", "sample fish", "no sample 'fish'; there is face"),
        ("sample face", "gone.png", "gone.png"),
        ("of: face", "of: feet", "'changed' is of 'feet'"),
        ("patch:", "scratch:", "an edit: erase, inpaint, blur"),
        ("[10, 20, 60, 70], c", "[10, 20], c", r"a box \[x0, y0, x1, y1\]"),
        ("[0, 0, 0]", "red", r"a colour is \[red, green, blue\]"),
        ("at corner", "at edge", "no region 'edge'"),
        ("corner: [10, 20, 60, 70]", "corner: [10, 230, 60, 240]",
         "'corner' lies outside the picture: columns 10 to 60 and rows 230 to 240"),
        ("when changed", "when asleep", "no picture 'asleep'"),
        ("changes by more than 0 %", "likes 0 %", "is no claim; say: channel N falls"),
        ("layer: conv1", "layer: conv1\nlayers: 2", "'layers' is not understood"),
        ("claims:", "claims: [", "is no YAML"),
        ("0 %", "4.0.0 %", "is no claim"),
        ("channel 3", f"channel {'9' * 5000}", "is no claim"),
        ("[0, 0, 0]", "[300, 0, -5]", "0-255 each"),
        ("[0, 0, 0]", "[.inf, 0, 0]", r"a colour is \[red, green, blue\]"),
        ("layer: conv1", "layer: conv1\nsize: .inf", "size is a number"),
        ("{of: face, patch: [10, 20, 60, 70]", "{of: face, patch: [510, 20, 560, 70]",
         "patch of 'changed' covers nothing of 'face', 227x227 pixels"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_told_in_one_line(tmp_path, before, after, message):
    assert before in SMALL
    with pytest.raises(ArgumentError, match=message) as caught:
        read_study(write(tmp_path, SMALL.replace(before, after, 1)))
    assert "\n" not in str(caught.value)


def test_an_example_is_text_to_begin_with(tmp_path):
    assert read_study(write(tmp_path, example_text("eyes"))).title == read_study("eyes").title
    with pytest.raises(ArgumentError, match="no study 'ears'"):
        example_text("ears")


@pytest.mark.parametrize(
    ("text", "moved", "holds"),
    [
        ("falls by more than 40 %", -41, True),
        ("falls by more than 40 %", 41, False),
        ("falls by less than 40 %", 10, True),
        ("rises by more than 5 %", 6, True),
        ("changes by less than 5 %", -6, False),
    ],
)
def test_directions_and_bounds(text, moved, holds):
    claim = read_claim(f"channel 1 {text} at there when then")
    signed = {"falls": -moved, "rises": moved, "changes": abs(moved)}[claim.direction]
    assert claim.inside.holds(signed) is holds


def test_what_wakes_elsewhere_from_silence_is_not_overlooked():
    inside = Change(1, "eye", 10.0, 2.0, 0, 0, 2.0)
    for before, after, holds in ((0.0, 0.0, True), (0.0, 500.0, False), (100.0, 101.0, True)):
        outside = Change(1, "elsewhere", before, after, 0, 0, after)
        claim = read_claim(
            "channel 1 falls by more than 40 % at eye and by less than 10 % elsewhere when closed"
        )
        verdict = check(claim, {"eye": [Selectivity(inside, outside, 1.0, 1, 48)]}, [outside])
        assert verdict.holds is holds
    assert verdict.found.endswith("elsewhere at most +1.0 %")


def verdict_of(text, inside, outside):
    claim = read_claim(f"channel 1 {text} when closed")
    ranked = {"eye": [Selectivity(inside, outside, 1.0, 1, 48)]}
    return check(claim, ranked, [outside] if outside else [])


def test_nothing_is_claimed_of_an_elsewhere_that_is_not_there():
    inside = Change(1, "eye", 10.0, 2.0, 0, 0, 2.0)
    for bound in ("less than 10", "more than 10"):
        said = f"falls by more than 40 % at eye and by {bound} % elsewhere"
        verdict = verdict_of(said, inside, None)
        assert not verdict.holds
        assert verdict.found.endswith("there is no unit elsewhere")
    assert verdict_of("falls by more than 40 % at eye", inside, None).holds


@pytest.mark.parametrize(
    ("text", "after", "holds"),
    [
        ("falls by less than 10 %", 60.0, False),
        ("falls by less than 10 %", 9.5, True),
        ("falls by less than 10 %", 10.0, True),
        ("rises by less than 10 %", 1.0, False),
        ("changes by less than 10 %", 9.5, True),
    ],
)
def test_what_goes_the_other_way_does_not_go_a_little(text, after, holds):
    assert verdict_of(f"{text} at eye", Change(1, "eye", 10.0, after, 0, 0, after), None).holds is (
        holds
    )


def test_a_region_around_another_is_elsewhere_without_it():
    eyes = read_study("eyes")
    claims = tuple(each for each in eyes.claims if each.region == "the left eye" and each.elsewhere)
    around = {**eyes.regions, "the face": Box(40, 40, 200, 200)}
    study = replace(eyes, regions=around, claims=claims)
    found = run_study(study, open_network(study.network))
    assert [verdict.claim.channel for verdict in found.verdicts] == [13, 46]
    assert found.as_expected
    of_the_face = found.comparisons["the left eye is closed"].ranked["the face"]
    (whole,) = (one.inside for one in of_the_face if one.inside.channel == 13)
    assert whole.percent < -10


def test_how_much_moved_at_least_elsewhere_is_told_where_that_is_claimed():
    inside = Change(1, "eye", 10.0, 2.0, 0, 0, 2.0)
    outside = Change(1, "elsewhere", 10.0, 9.0, 0, 0, 9.0)
    verdict = verdict_of(
        "falls by more than 40 % at eye and by more than 20 % elsewhere", inside, outside
    )
    assert not verdict.holds
    assert verdict.found == "-80.0 % at eye, elsewhere at least -10.0 %"


PYTHON = """
from actiscope import Box
from actiscope.images.samples import face
from actiscope.studies.experiment import Study, Variant, read_claim

def study():
    after = face().copy()
    after[20:70, 10:60] = SHADE
    return Study(
        title="a test", network="squeezenet", layer="conv1", pictures={"face": face()},
        variants={"changed": Variant("face", after)}, regions={"corner": Box(20, 10, 70, 60)},
        claims=(read_claim("channel 3 changes by more than 0 % at corner when changed"),),
    )
"""


def test_a_study_may_be_written_in_python_with_what_lies_beside_it(tmp_path):
    (tmp_path / "shades.py").write_text("DARK = 0")
    path = tmp_path / "mine.py"
    path.write_text("from shades import DARK as SHADE\n" + PYTHON)
    net = open_network("squeezenet")
    written = run_study(read_study(path), net)
    assert written.as_expected
    said = run_study(read_study(write(tmp_path, SMALL)), net)
    assert written.verdicts[0].found == said.verdicts[0].found
    path.write_text(path.read_text() + "\nstudy = study()")
    assert read_study(path).title == "a test"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1", "has no Study called 'study'"),
        ("study = 5", "has no Study called 'study'"),
        ("1 / 0", "fails: ZeroDivisionError"),
        ("import sys; sys.exit(3)", "fails: SystemExit"),
        ("def study(): return 1 / 0", r"study\(\) of .*mine.py fails: ZeroDivisionError"),
        ("def study(", "fails: SyntaxError"),
    ],
)
def test_what_is_wrong_in_python_is_told_in_one_line(tmp_path, text, message):
    path = tmp_path / "mine.py"
    path.write_text(text)
    with pytest.raises(ActiscopeError, match=message) as error:
        read_study(path)
    assert "\n" not in str(error.value)
