"""The page says what was found, with all its doubts, and needs nothing else."""

import re

import numpy as np
import pytest
from tests.studies.dissection import planted

from actiscope.report.dissection import (
    render_dissection,
    render_overview,
    wanted_of_overview,
    wanted_pictures,
)
from actiscope.report.dissection.drawing import _edge, dots, outline
from actiscope.studies import dissect, read_examples, survey
from actiscope.studies.dissection import answer, caveats, look, overview_answer, overview_caveats


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("page")


@pytest.fixture(scope="module")
def found(place):
    boxes = planted.pictures(place / "set", having=9, rest=12)
    (place / "set" / "pattern-bad.png").write_bytes(b"<nothing>")
    rows = [f"{name},pattern,{','.join(map(str, box))}" for name, box in boxes.items()]
    lines = ["image,concept,top,left,bottom,right", *rows, "pattern-bad.png,pattern,0,0,1,1"]
    (place / "boxes.csv").write_text("\n".join(lines))
    examples = read_examples(place / "set", place / "boxes.csv")
    return dissect(planted.network(place), examples, "conv")


@pytest.fixture(scope="module")
def page(place, found):
    return render_dissection(found, look(planted.network(place), found, wanted_pictures(found, 2)))


def test_it_shows_the_best_channels_and_the_control(page, found):
    assert answer(found) in page
    rows = re.findall(r'<a href="#channel-(\d+)">', page)
    assert rows == [str(each.channel) for each in found.channels[:2]]
    assert f"{found.best.iou:.3f}" in page
    assert f"{found.control.auc:.3f}" in page


def test_it_shows_every_doubt_and_why_pictures_were_left_out(page, found):
    assert caveats(found)
    for doubt in caveats(found):
        assert doubt in page
    assert "pattern-bad.png: " in page
    assert "&lt;nothing&gt;" in page
    assert "<nothing>" not in page


def test_pictures_are_marked_by_what_they_show(page, found):
    figures = re.findall(r"<figure( class=\"marked\")? title=\"(.+?)\"", page)
    shown = wanted_pictures(found, 2)
    assert [name for _, name in figures] == [
        found.examples[number].name for numbers in shown.values() for number in numbers
    ]
    for marked, name in figures:
        assert bool(marked) == name.startswith("pattern")
    first = next(iter(shown.values()))
    assert found.scores[first[0], planted.DETECTOR] == found.scores[:, planted.DETECTOR].max()
    assert len(first) == len(set(first))


def test_a_layer_that_sees_the_whole_picture_shows_no_place(place, found):
    assert found
    net = planted.network(place)
    whole = dissect(net, read_examples(place / "set", place / "boxes.csv"), "pool")
    page = render_dissection(whole, look(net, whole, wanted_pictures(whole, 1)))
    assert "no place to show" in page
    assert 'class="over"' not in page
    assert "<circle" in page.split("</figure>")[0]
    assert "<rect" not in page


def test_the_page_needs_nothing_else(page):
    assert not re.findall(r'(?:src|href)="(?!data:|#)', page)
    assert "http" not in page


def test_an_overview_shows_every_concept_with_its_pictures(place, found):
    assert found
    net = planted.network(place)
    seen = survey(net, read_examples(place / "set"), "conv", controls=2)
    page = render_overview(seen, look(net, seen, wanted_of_overview(seen)))
    assert overview_answer(seen) in page
    for doubt in overview_caveats(seen):
        assert doubt in page
    rows = re.findall(r'<a href="#concept-\d+">(.+?)</a>', page)
    assert rows == [each.concept for each in seen.concepts]
    assert page.count("<figure") == 8 * len(rows)
    assert page.count('class="other"') == 2 * len(rows)
    assert not re.findall(r'(?:src|href)="(?!data:|#)', page)


def test_dots_lie_at_their_values_and_none_is_lost():
    values = np.array([0.0, 0, 0, 5, 10])
    drawn = dots(values, 0, 10)
    assert [x for x, _ in drawn] == [0, 0, 0, 0.5, 1]
    assert all(-1 <= y <= 1 for _, y in drawn)
    assert outline(values, 0, 10) == []


def test_many_dots_become_an_outline_of_the_same_shape():
    values = np.concatenate([np.full(900, 2.5), np.full(300, 7.5)])
    assert dots(values, 0, 10) == []
    edge = outline(values, 0, 10)
    assert max(y for x, y in edge if x < 0.5) == 1
    assert max(y for x, y in edge if x > 0.5) == pytest.approx(1 / 3)
    assert edge[0] == (0, 0)
    assert edge[-1] == (1, 0)


def test_the_edge_of_a_region_runs_between_cells():
    marked = np.zeros((4, 4), bool)
    marked[1:3, 2:4] = True
    assert _edge(marked) == "M2 1H4M2 3H4M2 1V3M4 1V3"
