"""The segmentations of COCO's annotations: polygons, and masks as runs.

Runs go down the columns, outside first; compressed they are text, as in ``maskApi.c`` of
https://github.com/cocodataset/cocoapi: six bits a character from "0" on, of which five are digits,
the lowest first, and one says that more follow; from the fourth on, what is written is how much
longer a run is than the one before the last.
"""

import math
from collections.abc import Sequence
from typing import Any

from actiscope.errors import AnnotationError
from actiscope.studies.concepts.regions import JoinedRegion, PolygonRegion, Region, RunsRegion

_LARGEST = 2**28
"""Pixels of a mask: more cannot be meant."""
_ZERO = ord("0")
_DIGITS, _SIGN, _MORE = 0b011111, 0b010000, 0b100000


def read_segmentation(where: str, said: Any) -> Region:
    """Read a segmentation.

    Parameters
    ----------
    where : str
        Which annotation of which file, for the message.
    said : list or dict
        Polygons ``[[x0, y0, x1, y1, ...], ...]``; or runs ``{"counts": [...], "size": [height,
        width]}``, as a list or compressed as text.

    Returns
    -------
    Region
        What they enclose.

    Raises
    ------
    AnnotationError
        If it is none.
    """
    if isinstance(said, dict):
        return _read_runs(where, said.get("counts"), said.get("size"))
    if not isinstance(said, list) or not all(isinstance(polygon, list) for polygon in said):
        raise AnnotationError(f"{where} has a segmentation that is neither polygons nor runs")
    return JoinedRegion([_read_polygon(where, polygon) for polygon in said])


def _read_polygon(where: str, numbers: list[Any]) -> PolygonRegion:
    if len(numbers) < 6 or len(numbers) % 2:
        raise AnnotationError(
            f"{where} has a polygon of {len(numbers)} numbers; expected x0, y0, x1, y1, x2, y2, ..."
        )
    if not all(isinstance(number, int | float) and math.isfinite(number) for number in numbers):
        raise AnnotationError(f"{where} has a polygon with corners that are no numbers")
    return PolygonRegion([(float(x), float(y)) for x, y in zip(*[iter(numbers)] * 2, strict=True)])


def _read_runs(where: str, counts: Any, size: Any) -> RunsRegion:
    if not (
        isinstance(size, list)
        and len(size) == 2
        and all(isinstance(side, int) and side > 0 for side in size)
        and math.prod(size) <= _LARGEST
    ):
        raise AnnotationError(f"{where} has runs without a size [height, width]: {size!r:.60}")
    runs = _decode(where, counts) if isinstance(counts, str) else counts
    if not isinstance(runs, list) or not all(isinstance(run, int) and run >= 0 for run in runs):
        raise AnnotationError(f"{where} has counts that are no lengths of runs: {counts!r:.60}")
    if sum(runs) != math.prod(size):
        raise AnnotationError(
            f"{where} has runs of {sum(runs)} pixels; its size says {size[0]} x {size[1]}"
        )
    if not any(runs[1::2]):
        raise AnnotationError(f"{where} has runs that enclose nothing")
    return RunsRegion(runs, (size[0], size[1]))


def _decode(where: str, text: str) -> Sequence[int]:
    runs: list[int] = []
    number = shift = 0
    for letter in text:
        bits = ord(letter) - _ZERO
        if not 0 <= bits <= _DIGITS | _MORE:
            raise AnnotationError(f"{where} has counts with {letter!r}, which none have")
        number |= (bits & _DIGITS) << shift
        shift += 5
        if bits & _MORE:
            continue
        if bits & _SIGN:
            number -= 1 << shift
        runs.append(number + runs[-2] if len(runs) > 2 else number)
        number = shift = 0
    if shift:
        raise AnnotationError(f"{where} has counts that end within a number")
    return runs
