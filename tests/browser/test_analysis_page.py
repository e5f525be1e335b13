"""The page of an analysis, as a reader uses it."""

import re

import onnx
import pytest
from onnx import helper
from playwright.sync_api import expect

from actiscope import open_network
from actiscope.report.analysis import render_analysis
from tests.networks import tiny

BLOCKS = 333


@pytest.fixture(scope="module")
def address(net, tmp_path_factory):
    """Where the page of the built-in network is."""
    return write(net, tmp_path_factory)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """Where the page of a thousand layers is."""
    nodes, last = [], "x"
    for block in range(BLOCKS):
        names = [f"block{block}/{kind}" for kind in ("relu", "sigmoid", "add")]
        nodes += [
            helper.make_node("Relu", [last], [names[0]], names[0]),
            helper.make_node("Sigmoid", [names[0]], [names[1]], names[1]),
            helper.make_node("Add", [last, names[1]], [names[2]], names[2]),
        ]
        last = names[2]
    path = tmp_path_factory.mktemp("large") / "large.onnx"
    onnx.save(tiny.model(nodes, {}), path)
    return write(open_network(path), tmp_path_factory)


def write(network, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "net.html"
    path.write_text(render_analysis(network.analyze()), encoding="utf-8")
    return path.as_uri()


def chosen(page):
    """Return the names of the layer that is chosen, in the table and in the graph."""
    row = page.locator("tbody tr.chosen")
    node = page.locator(".node.chosen title")
    expect(row).to_have_count(1)
    expect(node).to_have_count(1)
    return row.locator("td").nth(1).inner_text(), node.text_content().split(",")[0]


def view(page):
    return [float(part) for part in page.locator("#graph svg").get_attribute("data-view").split()]


def test_a_search_narrows_the_table_and_the_graph(page, address):
    page.goto(address)
    page.keyboard.press("/")
    page.keyboard.type("FIRE6-squeeze")
    expect(page.locator("tbody tr:not(.hidden)")).to_have_count(1)
    expect(page.locator(".node:not(.hidden)")).to_have_count(1)
    expect(page.locator("tbody tr").first).not_to_be_visible()
    expect(page.locator("#found")).to_have_text("1 of 68")
    assert chosen(page) == ("fire6-squeeze1x1",) * 2
    page.keyboard.press("Escape")
    expect(page.locator("tbody tr:not(.hidden)")).to_have_count(68)
    expect(page.locator("#found")).to_be_empty()


def test_a_search_without_a_match_says_so(page, address):
    page.goto(address)
    page.fill("#search", "no such layer")
    expect(page.locator("#found")).to_have_text("0 of 68")


def test_a_click_in_the_graph_chooses_the_row_and_leaves_the_graph_where_it_is(page, address):
    page.goto(address)
    before = view(page)
    page.locator(".node", has_text="fire2-concat").click()
    assert chosen(page) == ("fire2-concat",) * 2
    assert view(page) == before


def test_a_click_in_the_table_brings_the_node_into_view(page, address):
    page.goto(address)
    page.locator("td:nth-child(2)", has_text="fire9-concat").click()
    assert chosen(page) == ("fire9-concat",) * 2
    expect(page.locator(".node.chosen")).to_be_in_viewport(ratio=1)


def test_arrow_keys_go_through_the_rows_that_the_search_shows(page, address):
    page.goto(address)
    page.keyboard.press("ArrowDown")
    assert chosen(page) == ("conv1",) * 2
    page.fill("#search", "concat")
    assert chosen(page) == ("fire2-concat",) * 2
    page.keyboard.press("ArrowDown")
    assert chosen(page) == ("fire3-concat",) * 2
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert chosen(page) == ("fire2-concat",) * 2


def test_zooming_keeps_the_point_under_the_pointer(page, address):
    page.goto(address)
    node = page.locator(".node", has_text="fire2-concat")
    before = node.bounding_box()
    page.mouse.move(before["x"], before["y"])
    shown = view(page)
    page.mouse.wheel(0, -200)
    page.wait_for_function(
        "shown => document.querySelector('#graph svg').dataset.view.split(' ')[2] < shown",
        arg=shown[2],
    )
    after = node.bounding_box()
    assert after["width"] > 1.3 * before["width"]
    assert after["x"] == pytest.approx(before["x"], abs=2)
    assert after["y"] == pytest.approx(before["y"], abs=2)


def test_dragging_moves_the_graph_and_chooses_nothing(page, address):
    page.goto(address)
    before = view(page)
    node = page.locator(".node", has_text="fire2-concat")
    node.hover()
    page.mouse.down()
    page.mouse.move(200, 300, steps=4)
    page.mouse.up()
    left, top, width, height = view(page)
    assert (left, top) != (before[0], before[1])
    assert [width, height] == pytest.approx(before[2:])
    assert chosen(page) == ("data",) * 2


def test_buttons_zoom_and_show_all(page, address):
    page.goto(address)
    before = view(page)
    page.get_by_label("Zoom in").click()
    assert view(page)[2] == pytest.approx(0.8 * before[2])
    page.get_by_text("All", exact=True).click()
    for place in ("first", "last"):
        expect(getattr(page.locator(".node"), place)).to_be_in_viewport(ratio=1)


def test_the_graph_fills_a_window_that_changes(page, address):
    page.goto(address)
    page.set_viewport_size({"width": 1440, "height": 500})
    page.wait_for_function(
        """() => {
            const svg = document.querySelector("#graph svg");
            const [, , width, height] = svg.dataset.view.split(" ").map(Number);
            return Math.abs(width / height - svg.clientWidth / svg.clientHeight) < 0.01;
        }"""
    )


def test_an_issue_leads_to_its_layer(page, address):
    page.goto(address)
    page.locator("#issues li", has_text="relu_conv10").click()
    assert chosen(page) == ("relu_conv10",) * 2
    expect(page.locator("tbody tr.chosen")).to_be_in_viewport()
    expect(page.locator(".node.chosen")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in_both_colour_schemes(page, address, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(address)
    paper = luminance(page, "body", "backgroundColor")
    assert (paper > 0.5) == (scheme == "light")
    for text, behind in (("td", paper), ("th", paper), (".node text", None)):
        ground = luminance(page, ".node rect", "fill") if behind is None else behind
        ink = luminance(page, text, "fill" if behind is None else "color")
        darker, lighter = sorted((ink, ground))
        assert (lighter + 0.05) / (darker + 0.05) > 4.5


def luminance(page, selector, what):
    """Return the relative luminance of a colour, after WCAG 2.2."""
    style = page.locator(selector).first.evaluate(
        "(element, what) => getComputedStyle(element)[what]", what
    )
    parts = [int(part) / 255 for part in re.findall(r"\d+", style)[:3]]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * p for weight, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_a_thousand_layers_are_searched_and_seen_as_a_whole(page, large):
    page.goto(large)
    expect(page.locator(".node")).to_have_count(3 * BLOCKS + 1)
    page.fill("#search", "block321/")
    expect(page.locator("#found")).to_have_text("3 of 1000")
    assert chosen(page) == ("block321/relu",) * 2
    expect(page.locator(".node.chosen")).to_be_in_viewport(ratio=1)
    page.get_by_text("All", exact=True).click()
    expect(page.locator(".node").last).to_be_in_viewport()
    expect(page.locator(".node text").first).not_to_be_visible()


@pytest.mark.parametrize("query", ["relu", "Block32", "/add", " sigmoid ", "block321/relu", "none"])
def test_a_search_of_a_thousand_layers_shows_what_matches_and_nothing_else(page, large, query):
    page.goto(large)
    kinds = {"relu": "ReLU", "sigmoid": "Sigmoid", "add": "Add"}
    texts = {"x": "x image input"} | {
        f"block{block}/{name}": f"block{block}/{name} {kind}".lower()
        for block in range(BLOCKS)
        for name, kind in kinds.items()
    }
    wanted = [name for name, text in texts.items() if query.strip().lower() in text]
    page.fill("#search", query)
    expect(page.locator("#found")).to_have_text(f"{len(wanted)} of {len(texts)}")
    rows = page.locator("tbody tr")
    heights = rows.evaluate_all(
        "rows => rows.map((row) => [row.children[1].textContent, row.offsetHeight])"
    )
    assert [name for name, height in heights if height > 0] == wanted
    page.keyboard.press("Escape")
    assert rows.evaluate_all("rows => rows.every((row) => row.offsetHeight > 0)")
