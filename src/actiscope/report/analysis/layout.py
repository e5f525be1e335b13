"""Where the layers of a network are drawn, from the input above to the output below."""

from dataclasses import dataclass

from grandalf.graphs import Edge, Graph, Vertex
from grandalf.layouts import SugiyamaLayout

from actiscope.layers import Layers

WIDTH, HEIGHT = 190, 36
_GAP_ACROSS, _GAP_DOWN = 26, 22
_LONGEST = 12
"""Edges over more layers are drawn, but make no room for themselves: there can be hundreds."""


@dataclass(frozen=True)
class Drawn:
    """A graph that is laid out.

    Parameters
    ----------
    places : dict of str to (float, float)
        Centre of each layer, by name, in pixels.
    edges : list of (str, str)
        Connections, by name.
    box : (float, float, float, float)
        Left, top, width and height of all of it.
    """

    places: dict[str, tuple[float, float]]
    edges: list[tuple[str, str]]
    box: tuple[float, float, float, float]


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
    near = [
        Edge(vertices[start], vertices[end])
        for start, end in edges
        if layers[end].index - layers[start].index <= _LONGEST
    ]
    places: dict[str, tuple[float, float]] = {}
    left = 0.0
    for part in Graph(list(vertices.values()), near).C:
        layout = SugiyamaLayout(part)
        layout.xspace, layout.yspace = _GAP_ACROSS, _GAP_DOWN
        layout.init_all(roots=[vertex for vertex in part.sV if not vertex.e_in()])
        layout.draw(3)
        found = {vertex.data: vertex.view.xy for vertex in part.sV}
        shift = left - min(x for x, _ in found.values())
        places |= {name: (x + shift, y) for name, (x, y) in found.items()}
        left = max(x for x, _ in places.values()) + WIDTH + _GAP_ACROSS
    xs, ys = zip(*places.values(), strict=True)
    across, down = max(xs) - min(xs) + 2 * WIDTH, max(ys) - min(ys) + 3 * HEIGHT
    return Drawn(places, edges, (min(xs) - WIDTH, min(ys) - HEIGHT, across, down))
