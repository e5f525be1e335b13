"""What a value is the exact sum of, without gradients.

Where a value is a sum over parts of an earlier layer, the share of a part is what the value is
with this part alone, less what it is with none. That holds of convolutions, dense layers, averages,
and of all that treats each unit for itself; whether it holds is tried out on the network, not taken
from the names of its operators.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from actiscope.activations import Placement, Values
from actiscope.checks import Size, check_channels
from actiscope.errors import ArgumentError, NotASumError
from actiscope.geometry import Axis
from actiscope.images import ImageSource, read_image
from actiscope.images.pixels import Pixels
from actiscope.layers import Layer, Layers
from actiscope.networks.network import LayerKey, Network
from actiscope.networks.patching import Batch
from actiscope.studies.attribution.result import Attribution
from actiscope.studies.units import find_unit

_BYTES = 32 * 2**20
"""Of the largest values, from those that are put in at once to what they give."""
_MOST = 64
_ROUNDING = 1e-4
"""How far a sum may be off, relative to what is added up."""
_EPSILON = 8 * float(np.finfo(np.float32).eps)
_HALVES = 2
_AXES = ("CHW", "F")

_Part = tuple[slice, ...]


@np.errstate(invalid="ignore")  # what is no number is no sum
def contributions(
    network: Network,
    image: ImageSource,
    layer: LayerKey,
    channel: int,
    *,
    unit: tuple[int, int] | None = None,
    through: LayerKey | None = None,
    size: Size | None = None,
    on_run: Callable[[int, int], None] | None = None,
) -> Attribution:
    """Divide a value into the shares of an earlier layer's places, and of its channels.

    Parameters, result and errors are those of `attribute`.
    """
    picture, placement = network.preparation.place(read_image(image), size)
    layers = network.layers_at(placement.input_size)
    target, named = layers.find(layer), None if through is None else layers.find(through)
    whole = network.activations(picture, target, size=placement.input_size)
    (channel,) = check_channels([channel], len(whole.maps))
    unit = find_unit(whole, channel, unit)
    value = _Value(network, picture, placement, layers, _checked(target), channel, unit)
    if named is None:
        return _divided_first(_passed_on(value, 0), on_run)
    if named.index >= target.index:
        raise ArgumentError(f"{named.name!r} does not come before {target.name!r}")
    return _divided(_passed_on(value, named.index + 1), _checked(named), on_run)


def _divided_first(value: "_Value", on_run: Callable[[int, int], None] | None) -> Attribution:
    """Divide a value at the earliest layer, in a row back from it, that it is a sum over."""
    row: list[Layer] = []
    while (before := value.before(row[-1] if row else value.layer)) and value.is_sum_over(before):
        row.append(before)
    for at in reversed(row):
        with suppress(NotASumError):  # the halves that were tried may have missed what matters
            return _divided(value, at, on_run)
    raise NotASumError(
        f"{value.says} is no sum of parts of one layer before it: what lies between is not "
        "linear, joins several layers, or lets nothing through; name an earlier layer, or take "
        "the method 'integrated-gradients'"
    )


def _divided(value: "_Value", at: Layer, on_run: Callable[[int, int], None] | None) -> Attribution:
    own = value.values_of(at)
    places = _places(value.layer, at, value.unit, own.shape)
    parts = [*places, *((slice(one, one + 1),) for one in range(len(own)))]
    shares, nothing = value.shares(at, own, parts, on_run)
    of_places, of_channels = np.split(shares, [len(places)])
    for each in (of_places, of_channels):
        off = abs(each.sum() - (value.now - nothing))
        if not off <= _rounding(each, nothing):
            raise NotASumError(
                f"{value.says} is, to rounding, no sum of parts of {at.name!r}: name a later "
                "layer, or take the method 'integrated-gradients'"
            )
    maps = np.zeros(own.shape[1:] or (1, 1))
    for part, share in zip(places, of_places, strict=True):
        maps[part[1:] or ...] = share
    return Attribution(
        values=maps,
        value=value.now,
        baseline=nothing,
        unit=value.unit,
        method="contributions",
        through=at.name,
        geometry=value.placement.on_image(at.geometry),
        channels=of_channels,
    )


def _rounding(shares: npt.NDArray[np.float64], nothing: float) -> float:
    """Return how far a sum of shares may be off: each is a difference from what there is without.

    Products of weights and values, of which a share is made, may be far larger than it.
    """
    return float(_ROUNDING * np.abs(shares).sum() + _EPSILON * np.sqrt(len(shares)) * abs(nothing))


@dataclass(frozen=True)
class _Value:
    """The value of one unit for one picture, as a function of what an earlier layer gives."""

    network: Network
    picture: Pixels
    placement: Placement
    layers: Layers
    layer: Layer
    channel: int
    unit: tuple[int, int]

    @property
    def says(self) -> str:
        return f"channel {self.channel} of {self.layer.name!r}"

    @cached_property
    def now(self) -> float:
        return float(self.values_of(self.layer)[self._index])

    @property
    def _index(self) -> tuple[int, ...]:
        return (self.channel, *self.unit)[: len(self.layer.axes)]

    def values_of(self, layer: Layer) -> Values:
        size = self.placement.input_size
        return self.network.activations(self.picture, layer, size=size).values

    @cached_property
    def _fed(self) -> Values:
        return self.network.preparation.fed(self.picture)

    def given(self, at: Layer, values: Batch) -> npt.NDArray[np.float64]:
        answers = self.network.run_patched(self._fed, at, values, self.layer)
        return np.array([answer[self._index] for answer in answers], dtype=np.float64)

    def before(self, layer: Layer) -> Layer | None:
        """Return the one layer that a layer reads, if it is of a kind that can be divided."""
        if len(layer.inputs) != 1:
            return None
        before = self.layers.find(layer.inputs[0])
        return before if before.axes in _AXES else None

    def is_sum_over(self, at: Layer) -> bool:
        """Say whether halves of a layer, drawn by lot, add up; and whether they matter."""
        own = self.values_of(at)
        halves = np.random.default_rng(0).random((_HALVES, *own.shape)) < 0.5
        zeros = np.zeros_like(own)[np.newaxis]
        nothing, whole, *found = self.given(
            at, np.concatenate([zeros, own[np.newaxis], own * halves, own * ~halves])
        )
        pairs = np.reshape(found, (2, _HALVES)) - nothing
        off = np.abs(pairs.sum(0) - (whole - nothing))
        limits = [_rounding(pair, nothing) for pair in pairs.T]
        return bool(pairs.any() and (off <= limits).all())

    def shares(
        self,
        at: Layer,
        own: Values,
        parts: Sequence[_Part],
        on_run: Callable[[int, int], None] | None,
    ) -> tuple[npt.NDArray[np.float64], float]:
        """Return what each part brings alone, and what there is with none."""
        (nothing,) = self.given(at, np.zeros_like(own)[np.newaxis])
        between = self.layers[at.index : self.layer.index + 1]
        most = _BYTES // (4 * max(int(np.prod(each.size)) for each in between))
        step = min(max(most, 1), _MOST)
        found: list[npt.NDArray[np.float64]] = []
        for start in range(0, len(parts), step):
            some = parts[start : start + step]
            values = np.zeros((len(some), *own.shape), dtype=np.float32)
            for kept, part in zip(values, some, strict=True):
                kept[part] = own[part]
            found.append(self.given(at, values) - nothing)
            if on_run is not None:
                on_run(start + len(some), len(parts))
        return np.concatenate(found), float(nothing)


def _checked(layer: Layer) -> Layer:
    if layer.axes not in _AXES:
        raise ArgumentError(
            f"contributions are told of maps and features; {layer.name!r} has neither"
        )
    return layer


def _passed_on(value: _Value, first: int) -> _Value:
    """Return the value before functions, a ReLU, say, that pass it on as it is.

    It is none of a layer before the `first` that may be taken.
    """
    while (before := value.before(value.layer)) and before.size == value.layer.size:
        earlier = replace(value, layer=before)
        if before.index < first or not value.now == earlier.now != 0:
            break
        value = earlier
    return value


def _places(layer: Layer, at: Layer, unit: tuple[int, int], shape: tuple[int, ...]) -> list[_Part]:
    """Return the places of a layer that a unit of a later one may see."""
    if len(shape) == 1:
        return [(slice(None),)]
    rows, cols = (
        _within(inner, shape[1 + axis], *outer.span_of(unit[axis]))
        for axis, (inner, outer) in enumerate(
            [(at.geometry.rows, layer.geometry.rows), (at.geometry.cols, layer.geometry.cols)]
        )
    )
    return [(slice(None), slice(row, row + 1), slice(col, col + 1)) for row in rows for col in cols]


def _within(axis: Axis, count: int, start: float, stop: float) -> list[int]:
    """Return the units that see nothing outside a span, up to half a pixel."""
    spans = map(axis.span_of, range(count))
    return [
        one
        for one, (first, last) in enumerate(spans)
        if first >= start - 0.5 and last <= stop + 0.5
    ]
