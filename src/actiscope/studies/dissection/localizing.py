"""Whether channels are high where a concept is."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from actiscope.activations import Activations, Values
from actiscope.geometry import Axis, Geometry
from actiscope.studies.concepts import Example
from actiscope.studies.concepts.regions import CELLS, Grid
from actiscope.studies.dissection.result import Localization
from actiscope.studies.dissection.scoring import Run, Tell

Seen = npt.NDArray[np.bool_]
Cells = npt.NDArray[np.intp]


def localize(
    run: Run,
    examples: Sequence[Example],
    concepts: Sequence[str],
    thresholds: Values,
    tell: Tell,
) -> dict[str, Localization]:
    """Compare where channels are high with where concepts are.

    A channel is high where its map, brought to a grid of 112 x 112 cells over the picture, exceeds
    a threshold of its own. The map is interpolated bilinearly between the centres of the units'
    receptive fields. Its IoU is that of all cells of all pictures together. Its strongest unit hits
    if a marked cell lies within half a stride of the unit's centre. Pictures that show a concept
    without saying where, or say so only outside of themselves, are left out of its numbers; so is
    what no unit looks at.

    Parameters
    ----------
    run : Run
        The layer.
    examples : sequence of Example
        The pictures.
    concepts : sequence of str
        The concepts.
    thresholds : ndarray of float32, (C,)
        Above them a channel is high.
    tell : callable
        Called after each picture.

    Returns
    -------
    dict of str to Localization
        For each concept of which a picture says where it is, all channels.

    References
    ----------
    D. Bau et al., "Network Dissection", CVPR 2017, https://arxiv.org/abs/1704.05796 (IoU).
    J. Zhang et al., "Top-down Neural Attention by Excitation Backprop", ECCV 2016,
    https://arxiv.org/abs/1608.00507 (pointing game).
    """
    counts = {concept: _Counts(len(thresholds)) for concept in concepts}
    for number, activations in run.over(examples, tell):
        shown = examples[number].concepts
        size = activations.image_size
        high, seen = high_cells(activations.maps, thresholds, activations.geometry, size)
        of_nothing = overlaps(high, np.zeros_like(seen))
        for concept, count in counts.items():
            region = shown.get(concept)
            marked = None if region is None else region.on_grid(size)
            if marked is not None and marked.any():
                count.add_overlap(overlaps(high, marked & seen), seen, marked)
                count.add_hits(activations, marked)
            elif concept not in shown:
                count.add_overlap(of_nothing, seen)
    return {concept: count.result() for concept, count in counts.items() if count.chances}


class _Counts:
    """What was counted of one concept."""

    def __init__(self, channels: int) -> None:
        self.both = np.zeros(channels)
        self.either = np.zeros(channels)
        self.hits = np.zeros(channels)
        self.chances: list[float] = []
        self.seen = self.marked = 0

    def add_overlap(
        self, cells: tuple[Cells, Cells], seen: Grid, marked: Grid | None = None
    ) -> None:
        both, either = cells
        self.seen += int(np.count_nonzero(seen))
        self.marked += 0 if marked is None else int(np.count_nonzero(marked & seen))
        self.both += both
        self.either += either

    def add_hits(self, activations: Activations, marked: Grid) -> None:
        maps = activations.maps
        shape = maps.shape[1], maps.shape[2]
        hit = units_on(marked, activations.geometry, shape, activations.image_size)
        flat = maps.reshape(len(maps), -1)
        says = flat.max(axis=1) > flat.min(axis=1)
        self.hits += says & hit.ravel()[flat.argmax(axis=1)]
        self.chances.append(float(hit.mean()))

    def result(self) -> Localization:
        return Localization(
            iou=self.both / np.maximum(self.either, 1),
            hit_rate=self.hits / len(self.chances),
            chance=float(np.mean(self.chances)),
            pictures=len(self.chances),
            area=self.marked / max(self.seen, 1),
        )


def high_cells(
    maps: Values, thresholds: Values, geometry: Geometry, size: tuple[int, int]
) -> tuple[Seen, Grid]:
    """Return where channels are high on a picture.

    Parameters
    ----------
    maps : ndarray of float32, (C, H, W)
        Of one picture.
    thresholds : ndarray of float32, (C,)
        Above them a channel is high.
    geometry : Geometry
        Where the units look on the picture.
    size : (int, int)
        Height and width of the picture.

    Returns
    -------
    ndarray of bool, (C, 112, 112)
        The cells.
    ndarray of bool, (112, 112)
        Which cells the units look at.
    """
    rows, seen_rows = _between(geometry.rows, maps.shape[1], size[0])
    cols, seen_cols = _between(geometry.cols, maps.shape[2], size[1])
    seen = seen_rows[:, np.newaxis] & seen_cols
    high = np.zeros((len(maps), CELLS, CELLS), dtype=bool)
    for channel in np.flatnonzero(maps.max(axis=(1, 2)) > thresholds):
        high[channel] = (rows @ maps[channel] @ cols.T > thresholds[channel]) & seen
    return high, seen


def overlaps(high: Seen, wanted: Grid) -> tuple[Cells, Cells]:
    """Return how many cells are high and wanted, and high or wanted, for each channel.

    Parameters
    ----------
    high : ndarray of bool, (C, 112, 112)
        Where channels are high.
    wanted : ndarray of bool, (112, 112)
        Where the concept is, as far as the units look there.

    Returns
    -------
    ndarray of int, (C,)
        Cells in both.
    ndarray of int, (C,)
        Cells in either.
    """
    both = np.count_nonzero(high[:, wanted], axis=1)
    areas = np.count_nonzero(high, axis=(1, 2))
    return both, areas + np.count_nonzero(wanted) - both


def units_on(
    marked: Grid, geometry: Geometry, shape: tuple[int, int], size: tuple[int, int]
) -> Seen:
    """Return which units have a marked cell within half a stride of their centre.

    Parameters
    ----------
    marked : ndarray of bool, (112, 112)
        Where the concept is.
    geometry : Geometry
        Where the units look on the picture.
    shape : (int, int)
        Rows and columns of the map.
    size : (int, int)
        Height and width of the picture.

    Returns
    -------
    ndarray of bool, `shape`
        Where the strongest unit would hit.
    """
    rows = _near(geometry.rows, shape[0], size[0])
    cols = _near(geometry.cols, shape[1], size[1])
    return np.asarray(rows @ marked.astype(np.float64) @ cols.T > 0)


def _cells(length: int) -> npt.NDArray[np.float64]:
    """Return the centres of the cells, in pixels."""
    return (np.arange(CELLS) + 0.5) * length / CELLS


def _between(axis: Axis, units: int, length: int) -> tuple[npt.NDArray[np.float32], Seen]:
    """Return the matrix from units to cells, linear between units, and which cells are seen."""
    places = (_cells(length) - axis.centre) / axis.stride
    inside = np.clip(places, 0, units - 1)
    weights = np.maximum(0, 1 - np.abs(inside[:, np.newaxis] - np.arange(units)))
    return weights.astype(np.float32), (places > -1) & (places < units)


def _near(axis: Axis, units: int, length: int) -> npt.NDArray[np.float64]:
    """Return which cells are within half a stride, or half a cell, of each unit: (units, cells)."""
    centres = axis.centre + np.arange(units) * axis.stride
    reach = max(axis.stride, length / CELLS) / 2
    return (np.abs(centres[:, np.newaxis] - _cells(length)) <= reach).astype(np.float64)
