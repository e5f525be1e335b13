"""Whether channels are high where the concept is."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from actiscope.activations import Values
from actiscope.geometry import Axis, Geometry
from actiscope.studies.concepts import Example
from actiscope.studies.concepts.regions import CELLS, Grid
from actiscope.studies.dissection.result import Localization
from actiscope.studies.dissection.scoring import Run, Tell

Seen = npt.NDArray[np.bool_]


def localize(
    run: Run, examples: Sequence[Example], concept: str, thresholds: Values, tell: Tell
) -> Localization:
    """Compare where channels are high with where a concept is.

    A channel is high where its map, brought to a grid of 112 x 112 cells over the picture, exceeds
    a threshold of its own. The map is interpolated bilinearly between the centres of the units'
    receptive fields. Its IoU is that of all cells of all pictures together. Its strongest unit hits
    if a marked cell lies within half a stride of the unit's centre. Pictures that show the concept
    without saying where are left out; so is what no unit looks at.

    Parameters
    ----------
    run : Run
        The layer.
    examples : sequence of Example
        The pictures.
    concept : str
        The concept.
    thresholds : ndarray of float32, (C,)
        Above them a channel is high.
    tell : callable
        Called after each picture.

    Returns
    -------
    Localization
        For all channels.

    References
    ----------
    D. Bau et al., "Network Dissection", CVPR 2017, https://arxiv.org/abs/1704.05796 (IoU).
    J. Zhang et al., "Top-down Neural Attention by Excitation Backprop", ECCV 2016,
    https://arxiv.org/abs/1608.00507 (pointing game).
    """
    both = np.zeros(len(thresholds))
    either = np.zeros(len(thresholds))
    hits = np.zeros(len(thresholds))
    chances = []
    usable = [each for each in examples if each.concepts.get(concept, each) is not None]
    for number, activations in run.over(usable, tell):
        maps, geometry = activations.maps, activations.geometry
        size = activations.image_size
        marked = _marked(usable[number].concepts, concept, size)
        overlap, union = overlaps(maps, thresholds, geometry, size, marked)
        both += overlap
        either += union
        if concept in usable[number].concepts:
            hit = units_on(marked, geometry, (maps.shape[1], maps.shape[2]), size)
            flat = maps.reshape(len(maps), -1)
            says = flat.max(axis=1) > flat.min(axis=1)
            hits += says & hit.ravel()[flat.argmax(axis=1)]
            chances.append(hit.mean())
    return Localization(
        iou=both / np.maximum(either, 1),
        hit_rate=hits / len(chances),
        chance=float(np.mean(chances)),
        pictures=len(chances),
    )


def overlaps(
    maps: Values,
    thresholds: Values,
    geometry: Geometry,
    size: tuple[int, int],
    marked: Grid,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return how many cells are high and marked, and high or marked, for each channel.

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
    marked : ndarray of bool, (112, 112)
        Where the concept is.

    Returns
    -------
    ndarray of float64, (C,)
        Cells in both.
    ndarray of float64, (C,)
        Cells in either.
    """
    rows, seen_rows = _between(geometry.rows, maps.shape[1], size[0])
    cols, seen_cols = _between(geometry.cols, maps.shape[2], size[1])
    seen = seen_rows[:, np.newaxis] & seen_cols
    wanted = marked & seen
    both = np.zeros(len(maps))
    either = np.full(len(maps), float(wanted.sum()))
    for channel in np.flatnonzero(maps.max(axis=(1, 2)) > thresholds):
        high = (rows @ maps[channel] @ cols.T > thresholds[channel]) & seen
        both[channel] = (high & wanted).sum()
        either[channel] += high.sum() - both[channel]
    return both, either


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


def _marked(concepts: Mapping[str, object], concept: str, size: tuple[int, int]) -> Grid:
    region = concepts.get(concept)
    if region is None:
        return np.zeros((CELLS, CELLS), dtype=bool)
    return region.on_grid(size)  # type: ignore[attr-defined, no-any-return]


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
