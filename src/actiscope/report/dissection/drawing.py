"""Distributions and intervals as SVG, pictures as data."""

import base64
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from actiscope.geometry import Box
from actiscope.images.pixels import Pixels
from actiscope.pictures import overlay, resize
from actiscope.studies.concepts import Region
from actiscope.studies.concepts.regions import Grid
from actiscope.studies.dissection import Look, Survey

_LONGEST = 260
_QUALITY = 80
_BINS = 40
_MOST_DOTS = 500
_CROWD = 12
"""As many dots near each other take all the room; fewer take less."""
_GOLDEN = 0.6180339887


@dataclass(frozen=True)
class Shown:
    """A picture on the page.

    Parameters
    ----------
    plain, over : str
        The picture, and the channel over it, as addresses that hold the data; `over` is empty where
        every unit sees the whole picture.
    size : (int, int)
        Height and width of both, in pixels.
    field : Box or None
        What the strongest unit sees, in pixels; None if that is everything, or there is none.
    centre : (float, float) or None
        Its centre, (row, col).
    outline : str
        The edge of the concept as the data of an SVG path, on 112 x 112 cells; empty if unknown.
    """

    plain: str
    over: str
    size: tuple[int, int]
    field: Box | None
    centre: tuple[float, float] | None
    outline: str


@dataclass(frozen=True)
class Card:
    """A picture with what is written below it."""

    shown: Shown
    name: str
    concepts: str
    marked: bool
    score: float


def make_card(
    found: Survey, concept: str, channel: int, look: Look, limits: tuple[float, float]
) -> Card:
    """Draw a channel over a picture, and say what that shows.

    Parameters
    ----------
    found : Survey
        What was found.
    concept : str
        The concept that the page tells of.
    channel : int
        From 0.
    look : Look
        The channel on the picture.
    limits : (float, float)
        Values at the two ends of the colours.

    Returns
    -------
    Card
        The picture.
    """
    example = found.examples[look.number]
    return Card(
        shown=show(look, limits, example.concepts.get(concept)),
        name=example.name,
        concepts=", ".join(sorted(example.concepts)) or "none",
        marked=concept in example.concepts,
        score=float(found.scores[look.number, channel]),
    )


def show(look: Look, limits: tuple[float, float], region: Region | None) -> Shown:
    """Draw a channel over its picture.

    Parameters
    ----------
    look : Look
        The channel and the picture.
    limits : (float, float)
        Values at the two ends of the colours.
    region : Region or None
        Where the concept is.

    Returns
    -------
    Shown
        Both, small.
    """
    height, width = look.image.shape[:2]
    factor = min(1.0, _LONGEST / max(height, width))
    size = max(1, round(height * factor)), max(1, round(width * factor))
    small = resize(look.image, size) if size != (height, width) else look.image
    by = size[0] / height, size[1] / width
    field = Box(*(edge * by[axis % 2] for axis, edge in enumerate(look.field)))
    is_whole = look.centre is None or look.field == Box(0, 0, height, width)
    return Shown(
        plain=_data(small),
        over="" if look.geometry.is_global else _data(_over(small, look, by, limits)),
        size=size,
        field=None if is_whole else field,
        centre=None if look.centre is None else (look.centre[0] * by[0], look.centre[1] * by[1]),
        outline="" if region is None else _edge(region.on_grid((height, width))),
    )


def dots(values: npt.NDArray[np.float64], low: float, high: float) -> list[tuple[float, float]]:
    """Return where the dots of a distribution lie: spread the more, the more of them are near.

    Parameters
    ----------
    values : ndarray of float64, (N,)
        One for each dot; more than 500 are not drawn.
    low, high : float
        Values at the left and at the right.

    Returns
    -------
    list of (float, float)
        From the left, 0-1; and off the middle, -1 to 1.

    References
    ----------
    N. Sidiropoulos et al., "SinaPlot: An Enhanced Chart for Simple and Truthful Representation of
    Single Observations over Multiple Classes", J. Comput. Graph. Stat. 27 (2018).
    """
    if len(values) > _MOST_DOTS:
        return []
    across = (np.sort(values) - low) / ((high - low) or 1)
    near = np.abs(across[:, np.newaxis] - across) < 1 / _BINS
    crowd = near.sum(axis=1)
    off = (2 * (np.arange(len(values)) * _GOLDEN % 1) - 1) * crowd / max(crowd.max(), _CROWD)
    return [(float(x), float(y)) for x, y in zip(across, off, strict=True)]


def outline(values: npt.NDArray[np.float64], low: float, high: float) -> list[tuple[float, float]]:
    """Return the upper edge of a histogram, for a distribution drawn to both sides.

    Parameters
    ----------
    values : ndarray of float64, (N,)
        At least one.
    low, high : float
        Values at the left and at the right.

    Returns
    -------
    list of (float, float)
        From the left, 0-1; and half the width, 0-1, of which 1 is that of the fullest bin. Empty
        where dots are drawn.
    """
    if len(values) <= _MOST_DOTS:
        return []
    counts, edges = np.histogram(values, _BINS, (low, high if high > low else low + 1))
    places = (edges - edges[0]) / (edges[-1] - edges[0])
    heights = counts / counts.max()
    steps: list[tuple[float, float]] = [(0.0, 0.0)]
    for left, right, height in zip(places, places[1:], heights, strict=False):
        steps += [(float(left), float(height)), (float(right), float(height))]
    return [*steps, (1.0, 0.0)]


def area_axis(areas: Iterable[float]) -> dict[str, float]:
    """Return where an axis of areas begins and ends: at 0.5 and 1, or lower if need be.

    Parameters
    ----------
    areas : iterable of float
        What has to lie on it.

    Returns
    -------
    dict
        "low" and "high".
    """
    return {"low": np.floor(10 * min([0.5, *areas])) / 10, "high": 1.0}


def shared_limits(looks: Sequence[Look]) -> tuple[float, float]:
    """Return the limits of one scale for all pictures of a channel."""
    low = min(float(look.values.min()) for look in looks)
    high = max(float(look.values.max()) for look in looks)
    if low < 0:
        most = max(-low, high)
        return -most, most
    return 0.0, high or 1.0


def _over(
    small: Pixels, look: Look, by: tuple[float, float], limits: tuple[float, float]
) -> Pixels:
    geometry = look.geometry.scaled(*by)
    return np.asarray(overlay(small, look.values, geometry=geometry, limits=limits))


def _edge(marked: Grid) -> str:
    """Return the lines between marked cells and others."""
    padded = np.pad(marked, 1)
    lines = []
    for row, changes in enumerate(padded[1:, 1:-1] != padded[:-1, 1:-1]):
        lines += [f"M{start} {row}H{stop}" for start, stop in _runs(changes)]
    for col, changes in enumerate((padded[1:-1, 1:] != padded[1:-1, :-1]).T):
        lines += [f"M{col} {start}V{stop}" for start, stop in _runs(changes)]
    return "".join(lines)


def _runs(flags: Grid) -> list[tuple[int, int]]:
    """Return where runs of True begin and end."""
    steps = np.flatnonzero(np.diff(np.pad(flags, 1).astype(np.int8)))
    return [(int(start), int(stop)) for start, stop in zip(steps[::2], steps[1::2], strict=True)]


def _data(pixels: Pixels) -> str:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=_QUALITY)
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}"
