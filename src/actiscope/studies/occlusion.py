"""Which parts of a picture a channel, a unit or a class needs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from actiscope.activations import Activations
from actiscope.checks import Size, check_channels, check_size
from actiscope.errors import ArgumentError
from actiscope.geometry import Axis, Box, Geometry
from actiscope.images import ImageSource, read_image
from actiscope.images.edits import fill as paint
from actiscope.images.pixels import Pixels
from actiscope.networks.network import LayerKey, Network
from actiscope.networks.streaming import stream
from actiscope.studies.units import find_unit

Fill = Literal["grey", "blur", "inpaint"]

FILLS: tuple[Fill, ...] = get_args(Fill)

_WINDOWS = 8
"""Windows along the shorter side by default: small enough to part an eye from a nose."""
_STEPS = 3
"""Steps by which a window moves on by its own size, by default."""


@dataclass(frozen=True, eq=False)
class Occlusion:
    """How a value fell when parts of a picture were covered, after Zeiler and Fergus (2014).

    Parameters
    ----------
    drops : ndarray of float64, (rows, cols)
        The value of the whole picture less that of the picture with a window covered; positive
        where the window is needed, negative where it is in the way, exactly 0 where it cannot be
        seen.
    value : float
        The value of the whole picture.
    unit : (int, int)
        The unit, row and column from 0; that of the channel's largest value if none was named.
    window : (int, int)
        Height and width of what is covered, in pixels that the network is fed.
    geometry : Geometry
        Where the windows lie on the picture as it was given.
    fill : str
        What they are covered with.
    runs : int
        How many pictures were run.
    """

    drops: npt.NDArray[np.float64]
    value: float
    unit: tuple[int, int]
    window: tuple[int, int]
    geometry: Geometry
    fill: Fill
    runs: int

    def describe(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "value": self.value,
            "unit": list(self.unit),
            "window": list(self.window),
            "runs": self.runs,
            "geometry": self.geometry.describe(),
            "drops": self.drops.tolist(),
        }


def occlude(
    network: Network,
    image: ImageSource,
    layer: LayerKey,
    channel: int,
    *,
    unit: tuple[int, int] | None = None,
    window: Size | None = None,
    stride: Size | None = None,
    fill: Fill = "grey",
    size: Size | None = None,
    on_run: Callable[[int, int], None] | None = None,
) -> Occlusion:
    """Cover a picture, window by window, and see how a value falls.

    Parameters
    ----------
    network : Network
        The network.
    image : picture
        Whatever `actiscope.read_image` reads.
    layer : str, int or Layer
        The layer; `score_layer` for a class.
    channel : int
        From 0; the number of the class there.
    unit : (int, int), optional
        Row and column from 0. By default the largest value of the channel is followed, wherever it
        moves.
    window, stride : int or (int, int), optional
        Height and width of the window, and how far it moves, in pixels that the network is fed; an
        eighth of the shorter side, and a third of the window.
    fill : "grey", "blur" or "inpaint"
        The colour that the network takes for nothing; a blurred copy of the picture; or what is
        around the window. What is new in a covered picture matters as much as what is gone: compare
        several.
    size : int or (int, int), optional
        As for `Network.activations`.
    on_run : callable, optional
        Called after each run with how many are done and how many there are.

    Returns
    -------
    Occlusion
        The map.

    Raises
    ------
    ArgumentError
        If there is no such unit or fill, or the window does not fit into the picture.
    ChannelError
        If there is no such channel.

    References
    ----------
    M. D. Zeiler and R. Fergus, "Visualizing and Understanding Convolutional Networks", 2014,
    section 4.2.
    """
    if fill not in FILLS:
        raise ArgumentError(f"a fill is {', '.join(FILLS)}, not {fill!r}")
    picture, placement = network.preparation.place(read_image(image), size)
    fed_size = placement.input_size
    whole = network.activations(picture, layer, size=fed_size)
    (channel,) = check_channels([channel], len(whole.maps))
    peak = find_unit(whole, channel, unit)
    high, wide = check_size(window or usual_window(fed_size), "window")
    windows = _Windows.over(fed_size, (high, wide), stride)
    field = whole.geometry.field(*peak, fed_size) if unit else None
    seen = [box for box in windows.boxes() if field is None or _meet(box, field)]
    covered = _cover_all(network, picture, seen, fill)

    def value_of(answer: Activations) -> float:
        values = answer.maps[channel]
        return float(values[peak] if unit else values.max())

    value = value_of(whole)
    name = whole.layer.name
    after = {}
    for number, answer in stream(network, covered, [name], size=fed_size):
        after[seen[number]] = value_of(answer[name])
        if on_run is not None:
            on_run(number + 1, len(seen))
    drops = np.array([value - after.get(box, value) for box in windows.boxes()])
    return Occlusion(
        drops=drops.reshape(windows.counts),
        value=value,
        unit=peak,
        window=(high, wide),
        geometry=placement.on_image(windows.geometry),
        fill=fill,
        runs=len(seen),
    )


def usual_window(size: tuple[int, int]) -> int:
    """Return the side of a window by default.

    Parameters
    ----------
    size : (int, int)
        Height and width that the network is fed.

    Returns
    -------
    int
        An eighth of the shorter side, in pixels.
    """
    return max(1, min(size) // _WINDOWS)


@dataclass(frozen=True)
class _Windows:
    """Windows that cover a picture, in rows, the outermost cut at its edges."""

    size: tuple[int, int]
    window: tuple[int, int]
    stride: tuple[int, int]

    @classmethod
    def over(
        cls, size: tuple[int, int], window: tuple[int, int], stride: Size | None
    ) -> "_Windows":
        if any(length > side for length, side in zip(window, size, strict=True)):
            raise ArgumentError(
                f"a window of {window[0]}x{window[1]} does not fit into {size[0]}x{size[1]} pixels"
            )
        down, across = (max(1, round(length / _STEPS)) for length in window)
        return cls(size, window, check_size(stride or (down, across), "stride"))

    @property
    def counts(self) -> tuple[int, int]:
        """How many there are, down and across."""
        down, across = (
            -(-(side - length) // step) + 1
            for side, length, step in zip(self.size, self.window, self.stride, strict=True)
        )
        return down, across

    @property
    def _starts(self) -> tuple[int, int]:
        """Where the first begins: as far outside as the last ends."""
        top, left = (
            -(((count - 1) * step + length - side) // 2)
            for count, step, length, side in zip(
                self.counts, self.stride, self.window, self.size, strict=True
            )
        )
        return top, left

    @property
    def geometry(self) -> Geometry:
        rows, cols = (
            Axis(step, start + length / 2, start, start + length)
            for step, start, length in zip(self.stride, self._starts, self.window, strict=True)
        )
        return Geometry(rows, cols)

    def boxes(self) -> Iterator[Box]:
        down, across = self.counts
        for row in range(down):
            for col in range(across):
                yield self.geometry.field(row, col, self.size)


def _meet(one: Box, other: Box) -> bool:
    return (
        one.top < other.bottom
        and other.top < one.bottom
        and one.left < other.right
        and other.left < one.right
    )


def _cover_all(network: Network, picture: Pixels, boxes: list[Box], fill: Fill) -> Iterator[Pixels]:
    nothing = network.preparation.nothing
    whole = np.ones(picture.shape[:2], dtype=bool)
    blurred = paint(picture, whole, "blur") if fill == "blur" else picture
    for box in boxes:
        rows, cols = slice(int(box.top), int(box.bottom)), slice(int(box.left), int(box.right))
        covered = picture.copy()
        if fill == "inpaint":
            mask = ~whole
            mask[rows, cols] = True
            covered = paint(picture, mask, "inpaint")
        else:
            covered[rows, cols] = nothing if fill == "grey" else blurred[rows, cols]
        yield covered
