"""A network as plain data, for a page."""

import base64
import math
from typing import Any

from actiscope.errors import ActiscopeError
from actiscope.geometry import Geometry
from actiscope.images.edits import TOOLS
from actiscope.layers import Layer
from actiscope.networks import Network
from actiscope.pictures import palette
from actiscope.report.families import family
from actiscope.studies import score_layer
from actiscope.studies.occlusion import FILLS

COLORMAPS = ("gray", "viridis", "magma", "signed", "coolwarm")

_OTHER = 32
"""Pixels by which another size differs from a network's own, to try whether it takes one."""


def describe_network(network: Network) -> dict[str, Any]:
    """Return what a page has to know of a network.

    Parameters
    ----------
    network : Network
        The network.

    Returns
    -------
    dict
        Name, sizes, preparation, device, layers, colour maps (256 colours, RGB, in base64), the
        tools of the brush, the fills of occlusion, the layer of the scores of classes, if it is a
        classifier, and under `indexed` what is known of an index, so far nothing; all of it fit for
        JSON.
    """
    indices = {layer.name: layer.index for layer in network.layers}
    return {
        "name": network.name,
        "input_size": list(network.input_size),
        "preparation": network.preparation.describe(),
        "device": network.device,
        "classes": count_classes(network),
        "learnables": network.layers.learnables,
        "layers": [_describe_layer(layer, indices) for layer in network.layers],
        "colormaps": {
            name: base64.b64encode(palette(name).tobytes()).decode() for name in COLORMAPS
        },
        "sizes": ["own", "native"] if _takes_any_size(network) else ["own"],
        "can_edit": True,
        "tools": list(TOOLS),
        "fills": list(FILLS),
        "scores": _score_layer(network),
        "indexed": None,
    }


def count_classes(network: Network) -> int:
    """Return how many classes a network tells apart.

    Parameters
    ----------
    network : Network
        The network.

    Returns
    -------
    int
        0 if it is no classifier.
    """
    last = network.layers[len(network.layers) - 1]
    if last.axes not in ("F", "CHW") or math.prod(last.size[1:]) != 1 or not last.size:
        return 0
    return last.size[0]


def _score_layer(network: Network) -> int | None:
    if not count_classes(network) or len(network.outputs) != 1:
        return None
    return score_layer(network).index


def _describe_layer(layer: Layer, indices: dict[str, int]) -> dict[str, Any]:
    return {
        "index": layer.index,
        "name": layer.name,
        "type": layer.type,
        "inputs": [indices[name] for name in layer.inputs],
        "size": list(layer.size),
        "axes": layer.axes,
        "learnables": layer.learnables,
        "field": _field(layer.geometry),
        "stride": None if layer.geometry.is_global else list(layer.geometry.stride),
        "family": family(layer.type),
    }


def _field(geometry: Geometry) -> list[float] | None:
    """Return the receptive field, if it has an end."""
    field = geometry.receptive_field
    return list(field) if all(map(math.isfinite, field)) else None


def _takes_any_size(network: Network) -> bool:
    height, width = network.input_size
    other = height + _OTHER, width + _OTHER
    try:
        network.layers_at(other)
        return not network.faults(other)
    except ActiscopeError:
        return False
