"""What a layer is, and how one is found by name or index."""

import difflib
import operator
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, overload

from actiscope.errors import LayerNotFoundError
from actiscope.geometry import Geometry
from actiscope.wording import counted


@dataclass(frozen=True)
class Layer:
    """One layer of a network.

    Parameters
    ----------
    index : int
        Position in the network, from 0.
    name, type : str
        What it is called, and what it does ("Convolution", "ReLU", ...).
    inputs : tuple of str
        Names of the layers that it reads.
    size : tuple of int
        Shape of its activations for one picture, (C, H, W) for maps, at the input size that the
        layers were listed for.
    weights : dict of str to tuple of int
        Shapes of what it has learned, by name.
    learnables : int
        How many numbers it has learned.
    state : dict of str to tuple of int
        Shapes of what was measured in training, a running mean, say, by name.
    geometry : Geometry
        Where its units look on the input.
    axes : str
        What the axes of its values are: "CHW" for maps, "CL" for sequences, "CDHW" for volumes,
        "TC" or "CT" for tokens, "F" for features; else a "?" for each.
    grid : (int, int), optional
        Rows and columns of the tokens that lie on a grid: the last ones. Those before it, class
        and register tokens, lie nowhere.
    module : str
        The PyTorch module that it comes from, where that is known.
    channels_last : bool
        Whether the engine keeps its channels last; the values given have them first.
    tensor : str
        What an ONNX file calls its values, "scores" for an output, say.
    used : bool
        Whether its values are read by a layer or by what gives none, or are an answer.
    """

    index: int
    name: str
    type: str
    inputs: tuple[str, ...]
    size: tuple[int, ...]
    weights: dict[str, tuple[int, ...]] = field(default_factory=dict, hash=False)
    learnables: int = 0
    state: dict[str, tuple[int, ...]] = field(default_factory=dict, hash=False)
    geometry: Geometry = Geometry()  # noqa: RUF009 - frozen
    axes: str = "CHW"
    grid: tuple[int, int] | None = None
    module: str = ""
    channels_last: bool = False
    tensor: str = ""
    used: bool = True

    def describe(self) -> dict[str, Any]:
        """Return what it is, as plain data."""
        return {
            "index": self.index,
            "name": self.name,
            "type": self.type,
            "inputs": list(self.inputs),
            "size": list(self.size),
            "weights": {role: list(shape) for role, shape in self.weights.items()},
            "learnables": self.learnables,
            "module": self.module,
            "tensor": self.tensor,
        }


class Layers(Sequence[Layer]):
    """The layers of a network, in order.

    Parameters
    ----------
    layers : iterable of Layer
        From the input to the output.

    Examples
    --------
    >>> layers = Layers([Layer(0, "data", "Image Input", (), (3, 8, 8))])
    >>> layers["data"] is layers[0]
    True
    """

    def __init__(self, layers: Iterable[Layer]) -> None:
        self._layers = tuple(layers)
        self._by_name = {layer.name: layer for layer in self._layers}
        self._by_tensor = {layer.tensor: layer for layer in self._layers if layer.tensor}

    def __len__(self) -> int:
        return len(self._layers)

    def __iter__(self) -> Iterator[Layer]:
        return iter(self._layers)

    @overload
    def __getitem__(self, key: int | str) -> Layer: ...
    @overload
    def __getitem__(self, key: slice) -> Sequence[Layer]: ...
    def __getitem__(self, key: int | str | slice) -> Layer | Sequence[Layer]:
        """Return a layer by index (from 0) or name, or some by slice."""
        return self._layers[key] if isinstance(key, slice) else self.find(key)

    def __repr__(self) -> str:
        learnables = counted(self.learnables, "learnable")
        return f"<{counted(len(self), 'layer')}, {learnables}; print() lists them>"

    def __str__(self) -> str:
        return "\n".join(
            f"{layer.index:>4}  {layer.name:32}  {layer.type:24}  {format_size(layer.size)}"
            for layer in self
        )

    @property
    def learnables(self) -> int:
        """How many numbers the layers have learned, in total."""
        return sum(layer.learnables for layer in self._layers)

    def __contains__(self, key: object) -> bool:
        return key in self._by_name if isinstance(key, str) else key in self._layers

    def find(self, key: "int | str | Layer") -> Layer:
        """Return a layer.

        Parameters
        ----------
        key : int, str or Layer
            Index, from 0; name; name of a tensor of an ONNX file, or path of a PyTorch module, for
            what it gives; or a layer of a network with the same names. A text of digits is an index
            where no layer is called so.

        Returns
        -------
        Layer
            The layer.

        Raises
        ------
        LayerNotFoundError
            If there is none; the message offers the nearest names.
        """
        if isinstance(key, Layer):
            key = key.name
        if isinstance(key, str):
            found = self._by_name.get(key) or self._by_tensor.get(key) or self._last_of_module(key)
            if found is not None:
                return found
            if key.isdecimal():
                return self.find(int(key))
            raise LayerNotFoundError(f"no layer {key!r}; {self._hint(key)}")
        try:
            index = operator.index(key)
        except TypeError:
            raise LayerNotFoundError(
                f"a layer is named by its name or its index, not by {key!r}"
            ) from None
        if not 0 <= index < len(self):
            raise LayerNotFoundError(
                f"no layer {index}: layers are 0-{len(self) - 1}"
                + (f"; MATLAB's {index} is {index - 1} here" if index == len(self) else "")
            )
        return self._layers[index]

    def other_names(self, key: "int | str | Layer") -> list[str]:
        """Return what else `find` takes for a layer: its index, its tensor, and modules it ends.

        Examples
        --------
        >>> layers = Layers([Layer(0, "conv_1", "Conv2d", (), (3, 8, 8), module="stem.conv")])
        >>> layers.other_names("conv_1")
        ['0', 'stem', 'stem.conv']
        """
        layer = self.find(key)
        parts = layer.module.split(".")
        paths = [".".join(parts[:length]) for length in range(1, len(parts) + 1)]
        names = dict.fromkeys((str(layer.index), layer.tensor, *paths))
        return [name for name in names if name not in ("", layer.name) and self.find(name) is layer]

    def _last_of_module(self, path: str) -> Layer | None:
        """Return the layer that gives what a module gives."""
        inside = [
            layer for layer in self._layers if f"{layer.module}.".startswith(f"{path}.") and path
        ]
        return inside[-1] if inside else None

    def _hint(self, key: str) -> str:
        names = list(self._by_name)
        near = difflib.get_close_matches(key, names, 3, 0.6)
        if not near:
            near = [name for name in names if key.lower() in name.lower()][:3]
        if near:
            return f"did you mean {' or '.join(map(repr, near))}?"
        return f"the first are {', '.join(map(repr, names[:3]))}; `actiscope layers` lists all"

    def _repr_html_(self) -> str:
        head = "<tr><th>index<th>name<th>type<th>size<th>learnables</tr>"
        rows = "".join(
            f"<tr><td>{layer.index}<td>{escape(layer.name)}<td>{escape(layer.type)}"
            f"<td>{format_size(layer.size)}<td>{layer.learnables:,}</tr>"
            for layer in self
        )
        return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"


def format_size(size: Sequence[int]) -> str:
    """Write a size; "?" for one that is not known.

    Examples
    --------
    >>> format_size((64, 113, 113))
    '64 × 113 × 113'
    """
    return " × ".join(map(str, size)) or "?"
