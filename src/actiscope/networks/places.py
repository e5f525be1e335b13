"""Where the units of a tensor look, followed through operations, whatever engine runs them."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from actiscope.geometry import EVERYTHING, Axis, Geometry, Window, merge

Shape = tuple[int, ...]

_GLOBAL = Geometry(EVERYTHING, EVERYTHING)
_MOST_EXTRA_TOKENS = 8
_RANK_OF_MAPS = 4
_AXES = {0: "F", 1: "F", 2: "CL", 3: "CHW", 4: "CDHW"}


@dataclass(frozen=True)
class Place:
    """Where the units of a tensor look.

    Parameters
    ----------
    geometry : Geometry
        On the input.
    axes : (int, int), optional
        Which of its axes are rows and columns; None for what is no map.
    grid : (int, int), optional
        Rows and columns of the last map before it.
    """

    geometry: Geometry = Geometry()  # noqa: RUF009 - frozen
    axes: tuple[int, int] | None = (2, 3)
    grid: tuple[int, int] | None = None

    @property
    def rows_and_cols(self) -> tuple[Axis, Axis]:
        """The two axes of the geometry."""
        return self.geometry.rows, self.geometry.cols

    def size_in(self, shape: Shape | None) -> tuple[int, int] | None:
        """Return rows and columns of a shape, where they are known."""
        if shape is None or self.axes is None or max(self.axes) >= len(shape):
            return None
        return shape[self.axes[0]], shape[self.axes[1]]

    def remembering(self, shape: Shape | None) -> "Place":
        """Return the place of a tensor of a shape, which is a map from then on."""
        return replace(self, grid=self.size_in(shape) or self.grid)

    def everywhere(self) -> "Place":
        """Return the place of units that stay where they are and see everything."""
        return replace(self, geometry=self.geometry.unbounded())

    def scattered(self) -> "Place":
        """Return the place of what is no map any more."""
        return replace(self.everywhere(), axes=None)

    def slid(self, rows: Window, cols: Window) -> "Place":
        """Follow a sliding window: a convolution, a pooling."""
        return replace(self, geometry=self.geometry.through(rows, cols))

    def transposed(
        self,
        kernel: Sequence[int],
        strides: Sequence[int],
        before: Sequence[int],
        dilations: Sequence[int],
    ) -> "Place":
        """Follow a transposed convolution, `before` of whose outputs are cut away."""
        axes = []
        for i, axis in enumerate(self.rows_and_cols):
            reach = (kernel[i] - 1) * dilations[i] / 2 / strides[i]
            axes.append(axis.enlarged(strides[i], before[i] / strides[i] - reach, reach))
        return replace(self, geometry=Geometry(axes[0], axes[1]))

    def resized(
        self,
        before: Shape | None,
        after: Shape | None,
        *,
        cubic: bool = False,
        align_corners: bool = False,
        asymmetric: bool = False,
    ) -> "Place":
        """Follow an interpolation."""
        given, wanted = self.size_in(before), self.size_in(after)
        if given is None or wanted is None or 0 in given + wanted:
            return self.scattered()
        axes = []
        for axis, inputs, outputs in zip(self.rows_and_cols, given, wanted, strict=True):
            scale, reach = outputs / inputs, 2.0 if cubic else 1.0
            shift = 0.5 / scale - 0.5
            if align_corners and min(inputs, outputs) > 1:
                scale, shift = (outputs - 1) / (inputs - 1), 0.0
            elif asymmetric:
                reach += 0.5 + abs(shift)
            axes.append(axis.enlarged(scale, shift, reach * max(1.0, 1 / scale)))
        return replace(self, geometry=Geometry(axes[0], axes[1]))

    def cut(self, firsts_and_steps: dict[int, tuple[int, int]]) -> "Place":
        """Follow a slice: the first index and the step, by axis. Padding has a first below 0."""
        if self.axes is None:
            return self
        axes = list(self.rows_and_cols)
        for which, number in enumerate(self.axes):
            first, step = firsts_and_steps.get(number, (0, 1))
            if step < 1:
                return self.everywhere()
            moved = axes[which].shifted(first * axes[which].stride)
            axes[which] = replace(moved, stride=moved.stride * step)
        return replace(self, geometry=Geometry(axes[0], axes[1]))

    def permuted(self, order: Sequence[int]) -> "Place":
        """Follow a new order of the axes."""
        if self.axes is None or sorted(order) != list(range(len(order))):
            return self
        rows, cols = (list(order).index(axis) for axis in self.axes)
        return replace(self, axes=(rows, cols))

    def reshaped(self, before: Shape | None, after: Shape | None) -> "Place":
        """Follow a new shape: rows and columns stay axes, or what was a map becomes tokens.

        Tokens can be mixed and shuffled in many ways, so that each may see everything from then on;
        a map that is made of them again has them where they were.
        """
        if before is None or after is None:
            return self.scattered()
        if self.axes is None:
            if self.grid is not None and len(after) == 4:
                for axes in ((2, 3), (1, 2)):
                    if (after[axes[0]], after[axes[1]]) == self.grid:
                        return replace(self, axes=axes)
            return self
        rows, cols = self.axes
        if self.size_in(before) is None:
            return self.scattered()
        for shift in (len(after) - len(before), 0):
            first, second = rows + shift, cols + shift
            kept = 0 <= first < second < len(after) and (
                after[first],
                after[second],
            ) == (before[rows], before[cols])
            if kept and math.prod(after[:first]) == math.prod(before[:rows]):
                return replace(self, axes=(first, second))
        return self.scattered()

    def mixed(self, before: Shape | None, after: Shape | None) -> "Place":
        """Follow what is not known: units stay where they are, if there are as many."""
        if self.axes is None:
            return self.everywhere()
        size = self.size_in(after)
        if before is not None and after is not None and len(before) == len(after):
            if size == self.size_in(before):
                return self.everywhere()
            if size == (1, 1) or len(after) == _RANK_OF_MAPS:
                return replace(self, geometry=_GLOBAL)
        return self.scattered()

    def normalized(self, axes: Iterable[int], rank: int) -> "Place":
        """Follow what mixes values along some axes only."""
        mixed = {axis % rank for axis in axes} if rank else set()
        if self.axes is not None and mixed.isdisjoint(self.axes):
            return self
        return self.everywhere()

    def has_channels_first(self, rank: int) -> bool:
        """Say whether a tensor is (N, C, H, W), or (C, H, W)."""
        return self.axes == (2, 3) or (rank == 3 and self.axes == (1, 2))

    def has_channels_last(self, rank: int) -> bool:
        """Say whether a tensor is (N, H, W, C), or (H, W, C)."""
        return rank in (3, 4) and self.axes == (rank - 3, rank - 2)

    def token_axis(self, shape: Shape) -> int | None:
        """Return which axis of (1, ., .) counts tokens that lie on the grid, if one does."""
        if self.axes is not None or self.grid is None or len(shape) != 3 or shape[0] != 1:
            return None
        count = self.grid[0] * self.grid[1]
        return next(
            (axis for axis in (1, 2) if 0 <= shape[axis] - count <= _MOST_EXTRA_TOKENS), None
        )

    def arranged(self, shape: Shape) -> "Arranged":
        """Return how the values of one picture are to be read, from their shape with a batch."""
        rank = len(shape)
        one = shape if rank == 3 and self.axes is not None else without_batch(shape)
        if self.has_channels_last(rank) and len(one) == 3:
            size = (one[2], one[0], one[1])
            return Arranged("CHW", size, self.geometry, channels_last=True)
        token_axis = self.token_axis(shape)
        if token_axis is not None:
            return Arranged("TC" if token_axis == 1 else "CT", one, self.geometry, self.grid)
        axes = _AXES.get(len(one), "?" * len(one))
        if self.has_channels_first(rank):
            return Arranged(axes, one, self.geometry)
        return Arranged(axes, one, _GLOBAL)


@dataclass(frozen=True)
class Arranged:
    """How the values of one picture are to be read; fields as those of `Layer`."""

    axes: str
    size: Shape
    geometry: Geometry
    grid: tuple[int, int] | None = None
    channels_last: bool = False


def joined(tensors: Sequence[tuple[Place, Shape | None]], after: Shape | None) -> Place:
    """Follow what joins several tensors place by place, an addition, say.

    Parameters
    ----------
    tensors : sequence of (Place, shape)
        What is joined.
    after : tuple of int, optional
        Shape of what comes out. What has other rows and columns is spread over it.

    Returns
    -------
    Place
        Of what comes out.
    """
    main = next((place for place, _ in tensors if place.axes is not None), tensors[0][0])
    wanted = main.size_in(after)
    whole = [
        place.geometry if wanted is None or place.size_in(shape) == wanted else _GLOBAL
        for place, shape in tensors
    ]
    return replace(main, geometry=merge(whole))


def pooled(place: Place) -> Place:
    """Follow a global pooling."""
    return replace(place, geometry=_GLOBAL)


def unknown() -> Place:
    """Return the place of what depends on the picture in a way that cannot be followed."""
    return Place(_GLOBAL, None)


def without_batch(shape: Shape) -> Shape:
    """Return the shape of one picture's values."""
    return shape[1:] if len(shape) > 1 and shape[0] == 1 else shape
