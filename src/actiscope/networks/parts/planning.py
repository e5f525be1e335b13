"""Whether a layer can be computed part by part, and in which parts."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from actiscope.errors import ArgumentError, ImageSizeError, NetworkError
from actiscope.geometry import Axis
from actiscope.layers import Layer, Layers
from actiscope.networks.analysis.costs import peak_memory
from actiscope.networks.feeding import near_multiples
from actiscope.networks.parts.lines import Line

_LONGEST_PERIOD = 4096
_FINEST = 64
"""The most units to a pixel."""
_FEWEST = 2
"""Units of each layer in a part: with fewer, rounding up may work otherwise."""
_COLOURS = 3
_FLOAT = 4
_MIB = 2**20
_Size = tuple[int, int]


@dataclass(frozen=True)
class Plan:
    """The parts of a picture.

    Parameters
    ----------
    layer : Layer
        What is computed, with the size that it has for the whole picture.
    rows, cols : Line
        The two axes.
    units : (int, int)
        Rows and columns of units that a part gives; fewer at the ends.
    """

    layer: Layer
    rows: Line
    cols: Line
    units: _Size


def plan(
    layers_at: Callable[[_Size], Layers],
    shape_at: Callable[[_Size], tuple[int, ...]],
    name: str,
    *,
    usual: _Size,
    size: _Size,
    memory: int,
) -> Plan:
    """Plan the parts of a picture: those that fit in memory and leave the least to compute twice.

    Parameters
    ----------
    layers_at : callable
        From the size of a picture to the layers of a network.
    shape_at : callable
        From the size of a picture to the shape of what the layer really gives.
    name : str
        The layer that is computed.
    usual : (int, int)
        Height and width that the network was trained on.
    size : (int, int)
        Height and width of the picture.
    memory : int
        Bytes that a part may take, pixels and activations.

    Returns
    -------
    Plan
        The parts.

    Raises
    ------
    NetworkError
        If a unit of the layer, or of one before it, sees all of the picture, or the layers do not
        move with the picture.
    ImageSizeError
        If the picture is too small.
    ArgumentError
        If no part fits.
    """
    probe = near_multiples(usual)
    periods = _periods(_before(layers_at(probe), name))
    height, width = (
        at + (side - at) % period for side, at, period in zip(size, probe, periods, strict=True)
    )
    few = _before(layers_at((height, width)), name)
    more = _before(layers_at((height + periods[0], width + periods[1])), name)
    for one, other in zip(few, more, strict=True):
        _check_moves(one, other, periods, size)
    shape = shape_at((height, width))
    rows, cols = (
        _line(few, which, have, shape[1 + which], whole, period)
        for which, (have, whole, period) in enumerate(
            zip((height, width), size, periods, strict=True)
        )
    )
    if min(rows.units, cols.units) < 1:
        raise ImageSizeError(f"a picture of {size[0]}x{size[1]} is too small for layer {name!r}")
    layer = replace(few[-1], size=(shape[0], rows.units, cols.units))
    kept = _FLOAT * math.prod(shape)  # those of a part, while the next one is computed
    bytes_a_pixel = (peak_memory(Layers(few), [name]) + kept) / (height * width)
    return Plan(layer, rows, cols, _choose(rows, cols, bytes_a_pixel, memory))


def _before(layers: Layers, name: str) -> list[Layer]:
    """Return a layer and all that it needs, in order; refuse what sees the whole picture."""
    wanted = {name}
    found = []
    for layer in reversed(layers):
        if layer.name in wanted:
            wanted.update(layer.inputs)
            found.append(layer)
    for layer in reversed(found):
        if layer.axes != "CHW" or not all(
            axis.stride > 0 and math.isfinite(axis.start + axis.stop) for axis in _axes(layer)
        ):
            raise NetworkError(
                f"layer {name!r} cannot be computed in parts: {layer.name!r} ({layer.type}) sees "
                "all of the picture, or it is not known what it sees"
            )
    return found[::-1]


def _axes(layer: Layer) -> tuple[Axis, Axis]:
    return layer.geometry.rows, layer.geometry.cols


def _periods(layers: list[Layer]) -> _Size:
    """Return by how many rows and columns a picture can be moved so that all layers move along."""
    rows, cols = (
        math.lcm(*(_fraction(_axes(layer)[which]).numerator for layer in layers))
        for which in (0, 1)
    )
    if max(rows, cols) > _LONGEST_PERIOD:
        raise NetworkError(
            f"layer {layers[-1].name!r} cannot be computed in parts: maps before it are resized by "
            "factors that do not fit together"
        )
    return rows, cols


def _fraction(axis: Axis) -> Fraction:
    return Fraction(axis.stride).limit_denominator(_FINEST)


def _check_moves(few: Layer, more: Layer, periods: _Size, size: _Size) -> None:
    """Refuse a layer that does not grow with the picture."""
    grown = tuple(
        have + period / axis.stride
        for have, period, axis in zip(few.size[1:], periods, _axes(few), strict=True)
    )
    if few.geometry != more.geometry or grown != more.size[1:]:
        raise NetworkError(
            f"pictures of {size[0]}x{size[1]} cannot be computed in parts: how layer {few.name!r} "
            "lies on them depends on their size; sides that are multiples of "
            f"{periods[0]} x {periods[1]} may do"
        )


def _line(layers: list[Layer], which: int, have: int, given: int, whole: int, period: int) -> Line:
    """Return an axis of the whole picture, from a small one: its pixels, layers, units."""
    before = after = 0
    shortest = 1
    for layer in layers:
        axis, units = _axes(layer)[which], layer.size[1 + which]
        before = max(before, math.floor(axis.start - axis.stride) + 1)
        after = max(after, math.floor(have - axis.span_of(units)[1]) + 1)
        shortest = max(shortest, math.ceil(have - (units - _FEWEST) * axis.stride))
    axis = _axes(layers[-1])[which]
    units = given + round((whole - have) / axis.stride)
    return Line(whole, units, axis, period, before, after, shortest)


def _choose(rows: Line, cols: Line, bytes_a_pixel: float, memory: int) -> _Size:
    """Return how many units a part gives, by rows and columns."""
    least = math.inf
    chosen = None
    for wide in _widths(cols):
        bytes_a_row = cols.longest(wide) * bytes_a_pixel + cols.pixels * _COLOURS
        spare = memory / bytes_a_row - rows.longest(rows.step)
        if spare < 0:
            continue
        most = rows.whole_steps(rows.step + spare / rows.axis.stride)
        across, down = -(-cols.units // wide), -(-rows.units // most)
        tall = rows.whole_steps(-(-rows.units // down) + rows.step - 1)
        work = across * cols.longest(wide) * down * rows.longest(tall)
        if work < least:
            least, chosen = work, (tall, wide)
    if chosen is None:
        smallest = cols.longest(cols.step) * bytes_a_pixel + cols.pixels * _COLOURS
        needed = math.ceil(smallest * rows.longest(rows.step) / _MIB)
        raise ArgumentError(
            f"{memory / _MIB:.0f} MiB are too little for a part of that picture: the smallest "
            f"takes {needed} MiB"
        )
    return chosen


def _widths(cols: Line) -> Iterator[int]:
    """Yield how many columns of units a part may give, the most first."""
    across = 1
    while True:
        wide = cols.whole_steps(-(-cols.units // across) + cols.step - 1)
        yield wide
        if wide == cols.step:
            return
        across = max(across + 1, -(-cols.units // wide) + 1)
