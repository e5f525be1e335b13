"""Evidence as plain data: what a study found, and what a dissection printed."""

import json

import pytest
from tests.studies.dissection import planted

from actiscope.errors import ArgumentError
from actiscope.report.explorer.evidence import describe_finding, read_dissection, study_slides
from actiscope.studies import dissect, read_examples
from actiscope.studies.dissection import describe
from actiscope.studies.experiment import read_study, run_study


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A network, and what a dissection of it printed."""
    place = tmp_path_factory.mktemp("dissected")
    planted.pictures(place / "set", having=6, rest=8)
    network = planted.network(place)
    return network, describe(dissect(network, read_examples(place / "set"), "conv", "pattern"))


def test_a_dissection_is_read_as_it_was_printed(small, tmp_path):
    network, printed = small
    path = tmp_path / "found.json"
    path.write_text(json.dumps(printed), encoding="utf-8")
    read = read_dissection(path, network)
    assert read["layer"] == network.layers["conv"].index
    assert "pictures" not in read
    for key in ("concept", "channels", "controls", "caveats", "confidence"):
        assert read[key] == printed[key]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"network": "other"}, "is about 'other'"),
        ({"layer": "conw"}, "did you mean"),
        ({"shape": [3, 1, 1]}, "has 3 channels"),
        ({"channels": [{"channel": 0}]}, "is nothing that"),
        ({"channels": None}, "is nothing that"),
    ],
)
def test_a_dissection_of_something_else_is_refused(small, tmp_path, change, told):
    network, printed = small
    path = tmp_path / "found.json"
    path.write_text(json.dumps(printed | change), encoding="utf-8")
    with pytest.raises((ArgumentError, LookupError), match=told):
        read_dissection(path, network)


@pytest.mark.parametrize("text", ["", "[]", "{}", "1", "no JSON"])
def test_what_is_no_dissection_is_refused(small, tmp_path, text):
    path = tmp_path / "found.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ArgumentError, match="is nothing that"):
        read_dissection(path, small[0])


def test_claims_name_the_pictures_that_they_compare(net):
    study = read_study("eyes")
    finding = run_study(study, net)
    told = describe_finding(finding, net)
    slides = study_slides(study)
    assert told["as_expected"] is True
    for claim, verdict in zip(told["claims"], finding.verdicts, strict=True):
        assert (claim["text"], claim["found"]) == (verdict.claim.text, verdict.found)
        assert claim["a"] == slides["face"].id
        assert claim["b"] == slides[verdict.claim.picture].id
    assert [each["b"] for each in told["changes"]] == [slides[name].id for name in study.variants]
    (region,) = (one for one in told["changes"][0]["found"] if one["name"] == "the right eye")
    assert region["box"] == [120, 72, 184, 136]
    ranked = finding.comparisons["the right eye is closed"].ranked["the right eye"]
    assert region["channels"] == [one.describe() for one in ranked]
    json.dumps(told, allow_nan=False)
