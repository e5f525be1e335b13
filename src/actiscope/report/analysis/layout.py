"""Where the layers of a network are drawn, from the input above to the output below."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

from grandalf.graphs import Edge, Graph, Vertex
from grandalf.layouts import SugiyamaLayout

from actiscope.layers import Layers

WIDTH, HEIGHT = 190, 36
_GAP_ACROSS, _GAP_DOWN = 26, 22
_LINE = 10
"""How wide a connection is that passes between layers."""
_LONGEST = 12
"""Edges over more ranks are drawn, but make no room for themselves: there can be hundreds."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Drawn:
    """A graph that is laid out.

    Parameters
    ----------
    places : dict of str to (float, float)
        Centre of each layer, by name, in pixels.
    edges : list of (str, str)
        Connections, by name.
    bends : dict of (str, str) to list of (float, float)
        Where a connection passes between layers, from above to below; only of those that do.
    box : (float, float, float, float)
        Left, top, width and height of all of it.
    """

    places: dict[str, Point]
    edges: list[tuple[str, str]]
    bends: dict[tuple[str, str], list[Point]]
    box: tuple[float, float, float, float]


@contextmanager
def _deep_recursion(count: int) -> Iterator[None]:
    """Let the layout recurse along a chain of as many layers as there are."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(before + 3 * count)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


class _View:
    """What the layout needs to know of a layer."""

    w, h = WIDTH, HEIGHT
    xy = (0.0, 0.0)


def lay_out(layers: Layers) -> Drawn:
    """Lay out a network in ranks, after Sugiyama, Tagawa and Toda (1981).

    Parameters
    ----------
    layers : Layers
        Its layers.

    Returns
    -------
    Drawn
        The places of the layers.
    """
    vertices = {layer.name: Vertex(layer.name) for layer in layers}
    for vertex in vertices.values():
        vertex.view = _View()
    edges = [(name, layer.name) for layer in layers for name in layer.inputs]
    ranks = _rank(layers)
    stacked = edges or list(pairwise(vertices))
    near = [
        Edge(vertices[start], vertices[end])
        for start, end in stacked
        if ranks[end] - ranks[start] <= _LONGEST
    ]
    places: dict[str, Point] = {}
    bends: dict[tuple[str, str], list[Point]] = {}
    left = 0.0
    for part in Graph(list(vertices.values()), near).C:
        layout = SugiyamaLayout(part)
        layout.xspace, layout.yspace = _GAP_ACROSS, _GAP_DOWN
        layout.dw = _LINE
        with _deep_recursion(len(vertices)):
            layout.init_all(roots=[vertex for vertex in part.sV if not vertex.e_in()])
            layout.draw(3)
        found = {vertex.data: vertex.view.xy for vertex in part.sV}
        shift = left - min(x for x, _ in found.values())
        places |= {name: (x + shift, y) for name, (x, y) in found.items()}
        for edge, passed in layout.ctrls.items():
            points = [passed[rank].view.xy for rank in sorted(passed)][1:-1]
            bends[edge.v[0].data, edge.v[1].data] = [(x + shift, y) for x, y in points]
        left = max(x for x, _ in places.values()) + WIDTH + _GAP_ACROSS
    points = [*places.values(), *(point for passed in bends.values() for point in passed)]
    xs, ys = zip(*points, strict=True)
    across = max(xs) - min(xs) + WIDTH + 2 * _GAP_ACROSS
    down = max(ys) - min(ys) + HEIGHT + 2 * _GAP_DOWN
    corner = min(xs) - WIDTH / 2 - _GAP_ACROSS, min(ys) - HEIGHT / 2 - _GAP_DOWN
    return Drawn(places, edges, bends, (*corner, across, down))


def _rank(layers: Layers) -> dict[str, int]:
    """Return how many layers the longest way from an input to each layer passes."""
    ranks: dict[str, int] = {}
    for layer in layers:
        ranks[layer.name] = 1 + max((ranks[name] for name in layer.inputs), default=0)
    return ranks
