import json

import pytest

from tests.cli.test_cli import run
from tests.studies.dissection import planted

NETWORK = ("--network", "model.onnx", "--mean", "0", "--std", "1", "--pixel-scale", "1")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dissect")
    planted.network(folder)
    planted.pictures(folder / "set")
    (folder / "set" / "noise-bad.png").write_bytes(b"nothing")
    return folder


def dissected(place, *arguments):
    return run("dissect", "set", "--layer", "conv", "--size", "24", *NETWORK, *arguments, cwd=place)


def test_table_names_the_detector_first_with_the_control_and_the_doubts(place):
    done = dissected(place, "--concept", "pattern", "--top", "3")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith(f"Channel {planted.DETECTOR} of conv answers to pattern")
    assert [line.split()[0] for line in lines[2:7]][:2] == ["channel", str(planted.DETECTOR)]
    assert [line.split()[0] for line in lines[6:11]] == ["random"] * 5
    assert "- Only 12 pictures show pattern" in done.stdout
    assert "left out: noise-bad.png: " in done.stderr
    assert max(map(len, lines[1:])) <= 100


def test_json_is_complete_and_the_page_is_written(place):
    done = dissected(place, "--concept", "pattern", "--json", "-o", "page.html", "--seed", "5")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["channels"][0]["channel"] == planted.DETECTOR
    assert told["channels"][0]["q"] < 0.01
    assert len(told["channels"]) == planted.KERNELS
    assert len(told["pictures"]) == 40
    assert told["left_out"][0]["picture"] == "noise-bad.png"
    assert told["seed"] == 5
    page = (place / "page.html").read_text(encoding="utf-8")
    assert f"Channel {planted.DETECTOR} of conv answers to pattern" in page


def test_without_a_concept_all_are_told(place):
    done = dissected(place, "--controls", "1", "-o", "all.html")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("1 of 2 concepts have a channel of conv that answers to them")
    assert lines[3].split()[:3] == ["pattern", "12", str(planted.DETECTOR)]
    assert "left out: noise-bad.png: " in done.stderr
    assert "What do the channels of conv answer to?" in (place / "all.html").read_text("utf-8")
    told = json.loads(dissected(place, "--controls", "0", "--json").stdout)
    assert [each["concept"] for each in told["concepts"]] == ["pattern", "noise"]


def test_wrong_use_and_failure_have_their_exit_codes(place):
    (place / "bad.json").write_text("{")
    for code, message, arguments in (
        (2, "--permutations is for one concept", ("--permutations", "9")),
        (2, "no picture shows 'hat'", ("--concept", "hat")),
        (2, "must end in .html", ("-o", "page.png")),
        (1, "bad.json is no JSON", ("--annotations", "bad.json")),
    ):
        done = dissected(place, *arguments)
        assert done.returncode == code
        assert message in done.stderr
        assert len(done.stderr.strip().splitlines()[-1]) < 300
        assert not done.stdout
