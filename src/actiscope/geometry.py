"""Where a unit of a layer looks on the picture, by arithmetic.

Coordinates are those of pixel edges: pixel ``i`` covers ``[i, i + 1)``, its centre is ``i + 0.5``.
They stay true when a picture is resized, since edges scale with it.

The recurrences are those of Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional
Neural Networks", Distill 2019, https://doi.org/10.23915/distill.00021.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple


class Box(NamedTuple):
    """A rectangle on the picture, ``[top, bottom) x [left, right)``, in pixels.

    Parameters
    ----------
    top, left, bottom, right : float
        Edges, in pixels of the picture.
    """

    top: float
    left: float
    bottom: float
    right: float

    def contains(self, row: float, col: float) -> bool:
        """Say whether a point, in edge coordinates, lies inside."""
        return self.top <= row < self.bottom and self.left <= col < self.right

    def meets(self, size: tuple[int, int]) -> bool:
        """Say whether any of it lies on a picture of some height and width."""
        return self.top < size[0] and self.bottom > 0 and self.left < size[1] and self.right > 0

    def grown(self, rows: float, cols: float) -> "Box":
        """Return the box with `rows` more above and below, `cols` more left and right."""
        return Box(self.top - rows, self.left - cols, self.bottom + rows, self.right + cols)


@dataclass(frozen=True)
class Window:
    """What a sliding window (convolution, pooling) does along one axis.

    Parameters
    ----------
    kernel, stride, dilation : int
        As in the layer.
    before, after : int
        Padding at the two ends.
    ceil : bool
        Whether the number of outputs is rounded up.
    reaching : bool
        Whether a window that is too wide, by less than a stride, gives one output of what is
        there, as ONNX Runtime's poolings do.
    """

    kernel: int = 1
    stride: int = 1
    before: int = 0
    after: int = 0
    dilation: int = 1
    ceil: bool = False
    reaching: bool = False

    @property
    def extent(self) -> int:
        """Inputs from the first to the last that one output reads."""
        return (self.kernel - 1) * self.dilation + 1

    def outputs(self, inputs: int) -> int:
        """Return how many outputs `inputs` positions give; 0 if they are too few."""
        if inputs < 1:
            return 0
        steps = inputs + self.before + self.after - self.extent
        if self.ceil:  # the last window begins before the end
            steps = min(steps + self.stride - 1, inputs + self.before - 1)
        elif steps < 0:
            return int(self.reaching and -steps < self.stride)
        return max(steps // self.stride + 1, 0)


@dataclass(frozen=True)
class Axis:
    """Where units look along one axis.

    Parameters
    ----------
    stride : float
        Distance between neighbouring units, in pixels; 0 if every unit sees all.
    centre : float
        Centre of unit 0.
    start, stop : float
        What unit 0 can see, ``[start, stop)``; less than 0 where it reaches into padding.
    """

    stride: float = 1
    centre: float = 0.5
    start: float = 0
    stop: float = 1

    def through(self, window: Window) -> "Axis":
        """Return the axis behind a sliding window."""
        shift = -window.before * self.stride
        reach = (window.extent - 1) * self.stride
        return Axis(
            stride=self.stride * window.stride,
            centre=self.centre + shift + reach / 2,
            start=self.start + shift,
            stop=self.stop + shift + reach,
        )

    def enlarged(self, scale: float, shift: float, reach: float) -> "Axis":
        """Return the axis behind an enlargement (upsampling, transposed convolution).

        Parameters
        ----------
        scale : float
            Units for one unit before.
        shift : float
            Where unit 0 lies, in units before.
        reach : float
            How far to either side it reads, in units before.
        """
        centre = self.centre + shift * self.stride
        return Axis(
            stride=self.stride / scale,
            centre=centre,
            start=self.start + (shift - reach) * self.stride,
            stop=self.stop + (shift + reach) * self.stride,
        )

    def unbounded(self) -> "Axis":
        """Return the axis with its units where they are, each of which now sees everything."""
        return Axis(self.stride, self.centre, -math.inf, math.inf)

    def shifted(self, pixels: float) -> "Axis":
        """Return the axis on a picture of which the first `pixels` had been cut away."""
        return Axis(self.stride, self.centre + pixels, self.start + pixels, self.stop + pixels)

    def scaled(self, factor: float) -> "Axis":
        """Return the axis on a picture that is `factor` times as large."""
        return Axis(
            self.stride * factor, self.centre * factor, self.start * factor, self.stop * factor
        )

    def centre_of(self, unit: int) -> float:
        """Return the centre of a unit, in pixels."""
        return self.centre + unit * self.stride

    def span_of(self, unit: int) -> tuple[float, float]:
        """Return what a unit can see, ``(start, stop)``, in pixels."""
        shift = unit * self.stride
        return self.start + shift, self.stop + shift


EVERYTHING = Axis(stride=0, centre=math.nan, start=-math.inf, stop=math.inf)
"""An axis along which every unit sees the whole picture (global pooling, dense layers)."""


@dataclass(frozen=True)
class Geometry:
    """Where the units of a layer look on the picture.

    Parameters
    ----------
    rows, cols : Axis
        The two axes.
    """

    rows: Axis = Axis()
    cols: Axis = Axis()

    @property
    def is_global(self) -> bool:
        """Whether every unit sees the whole picture."""
        return self.rows.stride == 0 or self.cols.stride == 0

    @property
    def stride(self) -> tuple[float, float]:
        """Distance between neighbouring units, ``(rows, cols)``, in pixels."""
        return self.rows.stride, self.cols.stride

    @property
    def receptive_field(self) -> tuple[float, float]:
        """Size of what one unit can see, ``(height, width)``, in pixels; infinite if all."""
        return self.rows.stop - self.rows.start, self.cols.stop - self.cols.start

    def describe(self) -> dict[str, Any] | None:
        """Return it as plain data, in pixels.

        Returns
        -------
        dict or None
            Stride, centre and start of what unit 0 sees, and extent of that, each by rows and
            columns, None where infinite; None if every unit sees the whole picture.
        """
        if self.is_global:
            return None
        return {
            "stride": list(self.stride),
            "centre": [self.rows.centre, self.cols.centre],
            "start": [_finite(self.rows.start), _finite(self.cols.start)],
            "receptive_field": [_finite(extent) for extent in self.receptive_field],
        }

    def through(self, rows: Window, cols: Window) -> "Geometry":
        """Return the geometry behind a sliding window."""
        return Geometry(self.rows.through(rows), self.cols.through(cols))

    def shifted(self, rows: float, cols: float) -> "Geometry":
        """Return the geometry on a picture of which `rows` and `cols` had been cut away."""
        return Geometry(self.rows.shifted(rows), self.cols.shifted(cols))

    def unbounded(self) -> "Geometry":
        """Return the geometry with its units where they are, each of which sees everything."""
        return Geometry(self.rows.unbounded(), self.cols.unbounded())

    def scaled(self, rows: float, cols: float) -> "Geometry":
        """Return the geometry on a picture that is `rows` times as high, `cols` times as wide."""
        return Geometry(self.rows.scaled(rows), self.cols.scaled(cols))

    def field(self, row: int, col: int, size: tuple[int, int] | None = None) -> Box:
        """Return the receptive field of a unit.

        Parameters
        ----------
        row, col : int
            The unit, from 0.
        size : (int, int), optional
            Height and width of the picture, to cut the field to it.

        Returns
        -------
        Box
            What the unit can see: pixels outside cannot change its value.
        """
        top, bottom = self.rows.span_of(row)
        left, right = self.cols.span_of(col)
        if size is None:
            return Box(top, left, bottom, right)
        height, width = size
        return Box(max(top, 0), max(left, 0), min(bottom, height), min(right, width))

    def centre(self, row: int, col: int) -> tuple[float, float]:
        """Return the centre ``(row, col)`` of a unit's field, in pixels."""
        return self.rows.centre_of(row), self.cols.centre_of(col)

    def units_in(self, box: Box, shape: tuple[int, int]) -> tuple[slice, slice]:
        """Return the units of a map whose centres lie in a box on the picture.

        Parameters
        ----------
        box : Box
            A region of the picture.
        shape : (int, int)
            Height and width of the map.

        Returns
        -------
        (slice, slice)
            Rows and columns of the map; possibly empty. All of them if the layer is global.
        """
        return (
            _units_between(self.rows, box.top, box.bottom, shape[0]),
            _units_between(self.cols, box.left, box.right, shape[1]),
        )


def merge(geometries: Iterable[Geometry]) -> Geometry:
    """Return the geometry of a layer that joins several (concatenation, addition).

    Parameters
    ----------
    geometries : iterable of Geometry
        Those of the inputs.

    Returns
    -------
    Geometry
        Units stay where the finest of the inputs puts them; the field is the union.
    """
    several = list(geometries)
    return Geometry(
        _merge_axes([geometry.rows for geometry in several]),
        _merge_axes([geometry.cols for geometry in several]),
    )


def _merge_axes(axes: list[Axis]) -> Axis:
    placed = [axis for axis in axes if axis.stride > 0]
    if not placed:
        return EVERYTHING
    finest = min(placed, key=lambda axis: axis.stride)
    return Axis(
        finest.stride,
        finest.centre,
        min(axis.start for axis in axes),
        max(axis.stop for axis in axes),
    )


def _units_between(axis: Axis, start: float, stop: float, count: int) -> slice:
    if axis.stride == 0:
        return slice(0, count)
    first = math.ceil((start - axis.centre) / axis.stride)
    last = math.ceil((stop - axis.centre) / axis.stride)
    return slice(min(max(first, 0), count), min(max(last, 0), count))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
