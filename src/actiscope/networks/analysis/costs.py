"""What a network is made of, what it costs, and what is wrong with it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from actiscope.layers import Layer, Layers, format_size
from actiscope.networks.analysis.inspection import find_issues
from actiscope.networks.issues import Issue
from actiscope.networks.network import Network
from actiscope.wording import counted

_FLOAT = 4
_MATRIX_PRODUCTS = ("attention", "connected", "linear", "matmul", "matrix")


@dataclass(frozen=True)
class Cost:
    """What a layer costs for one picture.

    Parameters
    ----------
    layer : Layer
        The layer.
    multiply_adds : int
        Of its weights; products of two activations are not counted.
    memory : int
        Bytes of its activations, as 32-bit floats.
    """

    layer: Layer
    multiply_adds: int
    memory: int

    def describe(self) -> dict[str, Any]:
        """Return the row of the table as plain data."""
        geometry = self.layer.geometry
        bounded = np.isfinite(geometry.receptive_field).all() and not geometry.is_global
        return {
            **self.layer.describe(),
            "axes": self.layer.axes,
            "state": {role: list(shape) for role, shape in self.layer.state.items()},
            "multiply_adds": self.multiply_adds,
            "memory": self.memory,
            "stride": None if geometry.is_global else list(geometry.stride),
            "receptive_field": list(geometry.receptive_field) if bounded else None,
        }


@dataclass(frozen=True)
class Analysis:
    """A network, layer by layer, with its totals and what is wrong with it.

    Parameters
    ----------
    network : dict
        Its name, how pictures are prepared for it and where it runs, as `Network.describe` says.
    input_size : (int, int)
        Height and width that it was analysed for.
    layers : Layers
        Its layers.
    costs : list of Cost
        What each costs.
    connections : int
        How many there are between them.
    peak_memory : int
        Bytes of activations that are needed at the same time, if each is dropped after its last
        use and nothing is computed in place.
    issues : list of Issue
        What is wrong, errors first.
    """

    network: dict[str, Any]
    input_size: tuple[int, int]
    layers: Layers
    costs: list[Cost]
    connections: int
    peak_memory: int
    issues: list[Issue]

    @property
    def name(self) -> str:
        """Name of the network."""
        return str(self.network["network"])

    @property
    def multiply_adds(self) -> int:
        """Of all layers."""
        return sum(cost.multiply_adds for cost in self.costs)

    @property
    def memory(self) -> int:
        """Bytes of the activations of all layers."""
        return sum(cost.memory for cost in self.costs)

    def describe(self) -> dict[str, Any]:
        """Return all of it as plain data."""
        return {
            **self.network,
            "input_size": list(self.input_size),
            "connections": self.connections,
            "learnables": self.layers.learnables,
            "state": sum(
                math.prod(shape) for layer in self.layers for shape in layer.state.values()
            ),
            "multiply_adds": self.multiply_adds,
            "memory": self.memory,
            "peak_memory": self.peak_memory,
            "layers": [cost.describe() for cost in self.costs],
            "issues": [vars(issue) for issue in self.issues],
        }

    def __repr__(self) -> str:
        errors = sum(issue.severity == "error" for issue in self.issues)
        return (
            f"<Analysis of {self.name!r} at {self.input_size[0]}x{self.input_size[1]}: "
            f"{counted(len(self.costs), 'layer')}, "
            f"{counted(self.layers.learnables, 'learnable')}, "
            f"{counted(self.multiply_adds, 'multiply-add')}, {counted(errors, 'error')}, "
            f"{counted(len(self.issues) - errors, 'warning')}>"
        )

    def _repr_html_(self) -> str:
        names = ("index", "name", "type", "size", "learnables", "multiply-adds", "field")
        head = "".join(f"<th>{name}" for name in names)
        rows = "".join(
            f"<tr><td>{cost.layer.index}<td>{escape(cost.layer.name)}<td>{escape(cost.layer.type)}"
            f"<td>{format_size(cost.layer.size)}<td>{cost.layer.learnables:,}"
            f"<td>{cost.multiply_adds:,}<td>{format_field(cost.layer)}</tr>"
            for cost in self.costs
        )
        issues = "".join(
            f"<li>{issue.severity}: {escape(issue.layer)}: {escape(issue.message)}</li>"
            for issue in self.issues
        )
        return (
            f"<p>{escape(repr(self)[1:-1])}</p><ul>{issues}</ul>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )


def cost_of(layer: Layer, layers: Layers) -> Cost:
    """Return what a layer costs for one picture.

    Parameters
    ----------
    layer : Layer
        The layer.
    layers : Layers
        Those of its network.

    Returns
    -------
    Cost
        By arithmetic.
    """
    return Cost(layer, _multiply_adds(layer, layers), _memory(layer))


def peak_memory(layers: Layers, outputs: Sequence[str]) -> int:
    """Return the bytes of activations that are needed at the same time.

    Parameters
    ----------
    layers : Layers
        In the order in which they are computed.
    outputs : sequence of str
        Layers that are kept to the end.

    Returns
    -------
    int
        The most, over all layers.
    """
    last_use = {name: layer.index for layer in layers for name in (*layer.inputs, layer.name)}
    last_use |= dict.fromkeys(outputs, len(layers))
    alive: dict[str, int] = {}
    most = 0
    for layer in layers:
        alive[layer.name] = _memory(layer)
        most = max(most, sum(alive.values()))
        alive = {name: size for name, size in alive.items() if last_use[name] > layer.index}
    return most


def format_field(layer: Layer) -> str:
    """Write the size of a receptive field, "all" where a unit sees everything."""
    height, width = layer.geometry.receptive_field
    if layer.geometry.is_global or not np.isfinite(height + width):
        return "all"
    return f"{height:.0f} × {width:.0f}"


def _memory(layer: Layer) -> int:
    return _FLOAT * math.prod(layer.size) if layer.size else 0


def _multiply_adds(layer: Layer, layers: Layers) -> int:
    kind = layer.type.lower()
    shapes = [shape for shape in layer.weights.values() if len(shape) > 1]
    if not shapes or not layer.size:
        return 0
    if "conv" in kind:
        size = layers[layer.inputs[0]].size if "transpos" in kind and layer.inputs else layer.size
        return math.prod(size) * math.prod(shapes[0][1:])
    if any(word in kind for word in _MATRIX_PRODUCTS):
        matrices = [shape for shape in shapes if len(shape) == 2]
        features = layer.size[0] if layer.channels_last else layer.size[-1]
        return math.prod(layer.size) // max(features, 1) * sum(map(math.prod, matrices))
    return 0


def analyze(
    network: Network, *, size: int | tuple[int, int] | None = None, image: Any = None
) -> Analysis:
    """Analyse a network; see `Network.analyze`."""
    layers = network.layers if size is None else network.layers_at(size)
    height, width = layers[0].size[-2:]
    return Analysis(
        network=network.describe(),
        input_size=(height, width),
        layers=layers,
        costs=[cost_of(layer, layers) for layer in layers],
        connections=len(network.edges),
        peak_memory=peak_memory(layers, network.outputs),
        issues=find_issues(network, layers, image=image),
    )
