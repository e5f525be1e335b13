"""What a file of annotations says, whatever its format."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from actiscope.errors import AnnotationError, one_line
from actiscope.geometry import Box
from actiscope.studies.concepts.regions import BoxRegion, Region

_LARGEST = 2**26


@dataclass(frozen=True)
class Marks:
    """Regions by picture and concept.

    Parameters
    ----------
    marks : dict
        By name of the picture and concept: its regions, none where only the concept is known. A
        picture without a concept is there, too, if the file lists it.
    lists_all : bool
        Whether a picture that is not in `marks` was not looked at, rather than showing nothing.
    """

    lists_all: bool
    marks: dict[str, dict[str, list[Region]]] = field(default_factory=dict)

    def add(self, picture: str, concept: str, region: Region | None = None) -> None:
        """Add a concept, and a region where there is one."""
        regions = self.marks.setdefault(picture, {}).setdefault(concept, [])
        if region is not None:
            regions.append(region)


def make_box(
    where: str, top: object, left: object, bottom: object, right: object, *, first: int = 0
) -> BoxRegion:
    """Return a box from what a file holds.

    Parameters
    ----------
    where : str
        Which box of which file, for the message.
    top, left, bottom, right : str or number
        Its edges, in pixels.
    first : int
        What the first pixel is called; where that is 1, both edges belong to the box.

    Returns
    -------
    BoxRegion
        The box.

    Raises
    ------
    AnnotationError
        If they are no numbers, or enclose nothing.
    """
    edges: Sequence[object] = (top, left, bottom, right)
    try:
        box = Box(*(float(edge) for edge in edges))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise AnnotationError(f"{where} has edges that are no numbers: {edges}") from None
    if not all(math.isfinite(edge) and abs(edge) < _LARGEST for edge in box):
        raise AnnotationError(f"{where} has edges that are no pixels: {edges}")
    box = box._replace(top=box.top - first, left=box.left - first)
    if box.bottom <= box.top or box.right <= box.left:
        raise AnnotationError(
            f"{where} encloses nothing: rows {box.top:g} to {box.bottom:g}, "
            f"columns {box.left:g} to {box.right:g}"
        )
    return BoxRegion(box)


def read_text(path: Path) -> str:
    """Read a file of annotations.

    Raises
    ------
    AnnotationError
        If it cannot be read, or is no text.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise AnnotationError(f"{path} is no text in UTF-8") from None
    except OSError as error:
        raise AnnotationError(f"cannot read {path}: {one_line(error)}") from None
