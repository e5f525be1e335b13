import re

import onnx
import pytest
from onnx import helper
from tests.cli.test_cli import run
from tests.networks import tiny

from actiscope import open_network
from actiscope.cli.tables import fold
from actiscope.layers import Layer, Layers
from actiscope.report.analysis import render_analysis
from actiscope.report.analysis.layout import HEIGHT, WIDTH, lay_out


@pytest.fixture(scope="module")
def page(net):
    return render_analysis(net.analyze())


def test_every_layer_is_in_the_graph_and_in_the_table(page, net):
    assert len(re.findall(r'<g class="node', page)) == 68
    assert len(re.findall(r"<tr data-index", page)) == 68
    assert len(re.findall(r'<path class="edge"', page)) == 75
    for layer in net.layers:
        assert f"<title>{layer.name}, {layer.type}</title>" in page


def test_the_page_needs_nothing_else(page):
    assert not re.findall(r'(?:src|href)="', page)
    assert "http" not in page
    assert "1,235,496" in page
    assert "sees 207x207 of 227x227" in page


def test_layers_are_ranked_downwards_and_do_not_overlap(net):
    drawn = lay_out(net.layers)
    for start, end in drawn.edges:
        assert drawn.places[start][1] < drawn.places[end][1]
    places = list(drawn.places.values())
    for index, (x, y) in enumerate(places):
        for other_x, other_y in places[:index]:
            assert abs(x - other_x) >= WIDTH or abs(y - other_y) >= HEIGHT
    left, top, width, height = drawn.box
    assert all(left < x < left + width and top < y < top + height for x, y in places)


def test_connections_pass_beside_layers_and_not_through_them(tmp_path):
    """A shortcut over one block, and a layer beside it."""
    node = helper.make_node
    nodes = [
        node("Relu", ["x"], ["a"], "a"),
        node("Sigmoid", ["a"], ["b"], "b"),
        node("Relu", ["b"], ["c"], "c"),
        node("Add", ["a", "c"], ["d"], "d"),
    ]
    onnx.save(tiny.model(nodes, {}), tmp_path / "m.onnx")
    drawn = lay_out(open_network(tmp_path / "m.onnx").layers)
    bends = drawn.bends["a", "d"]
    assert [y for _, y in bends] == [drawn.places[name][1] for name in ("b", "c")]
    for x, y in bends:
        for other_x, other_y in drawn.places.values():
            assert abs(x - other_x) > WIDTH / 2 or abs(y - other_y) > HEIGHT / 2


def test_layers_without_known_connections_are_stacked():
    """As of a module that cannot be traced."""
    layers = Layers([Layer(index, name, "ReLU", (), (8,)) for index, name in enumerate("abc")])
    drawn = lay_out(layers)
    assert drawn.edges == []
    assert len({x for x, _ in drawn.places.values()}) == 1
    assert drawn.places["a"][1] < drawn.places["b"][1] < drawn.places["c"][1]


def test_command_writes_the_page(tmp_path):
    done = run("analyze", "--html", "net.html", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "<svg" in (tmp_path / "net.html").read_text()


def test_nothing_repeats_in_squeezenet_but_its_fires(net):
    for _, length, times in fold(net.analyze().costs):
        assert length * times <= len(net.layers)
        assert times > 1


def test_a_chain_deeper_than_python_recurses_is_drawn(tmp_path):
    nodes = [helper.make_node("Relu", [f"a{n}" if n else "x"], [f"a{n + 1}"]) for n in range(1100)]
    onnx.save(tiny.model(nodes, {}), tmp_path / "chain.onnx")
    assert run("analyze", "chain.onnx", "--html", "chain.html", cwd=tmp_path).returncode == 0
