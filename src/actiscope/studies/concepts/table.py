"""Concepts and boxes in a CSV file."""

import csv
import io
from pathlib import Path

from actiscope.errors import AnnotationError, one_line
from actiscope.studies.concepts.marks import Marks, make_box, read_text

_NAMES = {
    "image": ("image", "filename", "file"),
    "concept": ("concept", "class", "label"),
    "top": ("top", "ymin"),
    "left": ("left", "xmin"),
    "bottom": ("bottom", "ymax"),
    "right": ("right", "xmax"),
}
_EDGES = ("top", "left", "bottom", "right")


def read_table(path: Path) -> Marks:
    """Read a CSV file with a row for each box, or for each concept of a picture.

    Parameters
    ----------
    path : pathlib.Path
        Its first row names the columns, in any order: image (or filename, file), concept (class,
        label), and top, left, bottom, right (ymin, xmin, ymax, xmax), the edges in pixels,
        ``[top, bottom) x [left, right)``. A row without edges says that the picture shows the
        concept, one without a concept that it shows none.

    Returns
    -------
    Marks
        Of the pictures that show something.

    Raises
    ------
    AnnotationError
        If it is no such file.
    """
    try:
        rows = list(csv.reader(io.StringIO(read_text(path)), strict=True))
    except csv.Error as error:
        raise AnnotationError(f"{path} is no CSV: {one_line(error)}") from None
    places = _places(path, rows[0] if rows else [])
    marks = Marks(lists_all=False)
    for number, row in enumerate(rows[1:], start=2):
        if not row:
            continue
        where = f"line {number} of {path}"
        if len(row) != len(rows[0]):
            raise AnnotationError(f"{where} has {len(row)} cells, the first has {len(rows[0])}")
        cells = {name: row[place].strip() for name, place in places.items()}
        if not cells["image"]:
            raise AnnotationError(f"{where} names no picture")
        edges = [cells.get(edge, "") for edge in _EDGES]
        if not cells["concept"]:
            marks.marks.setdefault(cells["image"], {})
        else:
            region = make_box(where, *edges) if any(edges) else None
            marks.add(cells["image"], cells["concept"], region)
    return marks


def _places(path: Path, head: list[str]) -> dict[str, int]:
    """Return in which column each thing is."""
    columns = [cell.strip().lower() for cell in head]
    places = {
        name: columns.index(alias)
        for name, aliases in _NAMES.items()
        for alias in reversed(aliases)
        if alias in columns
    }
    missing = [name for name in ("image", "concept") if name not in places]
    if any(edge in places for edge in _EDGES):
        missing += [edge for edge in _EDGES if edge not in places]
    if missing:
        raise AnnotationError(
            f"{path} has no column {missing[0]!r}; its first line names {', '.join(columns)[:80]!r}"
        )
    return places
