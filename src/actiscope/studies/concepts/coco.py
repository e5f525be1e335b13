"""Boxes and masks in COCO's JSON: https://cocodataset.org/#format-data."""

import json
from pathlib import Path
from typing import Any

from actiscope.errors import AnnotationError, one_line
from actiscope.studies.concepts.marks import Marks, make_box, read_text
from actiscope.studies.concepts.regions import Region
from actiscope.studies.concepts.segmentations import read_segmentation


def read_coco(path: Path) -> Marks:
    """Read the annotations of a COCO file.

    Parameters
    ----------
    path : pathlib.Path
        The file; of each annotation the category is read, and the segmentation, or where there is
        none the box.

    Returns
    -------
    Marks
        Of all pictures that it lists.

    Raises
    ------
    AnnotationError
        If it is no such file.
    """
    try:
        data = json.loads(read_text(path))
    except (json.JSONDecodeError, RecursionError) as error:
        raise AnnotationError(f"{path} is no JSON: {one_line(error)}") from None
    pictures = {
        entry["id"]: entry["file_name"] for entry in _list(path, data, "images", "id", "file_name")
    }
    concepts = {
        entry["id"]: entry["name"] for entry in _list(path, data, "categories", "id", "name")
    }
    marks = Marks(lists_all=True, marks={str(name): {} for name in pictures.values()})
    for number, entry in enumerate(_list(path, data, "annotations", "image_id", "category_id")):
        where = f"annotation {number} of {path}"
        if entry["image_id"] not in pictures or entry["category_id"] not in concepts:
            raise AnnotationError(f"{where} names a picture or a category that is not listed")
        marks.add(
            str(pictures[entry["image_id"]]),
            str(concepts[entry["category_id"]]),
            read_segmentation(where, entry["segmentation"])
            if entry.get("segmentation")
            else _read_box(where, entry.get("bbox")),
        )
    return marks


def _read_box(where: str, box: Any) -> Region:
    if not isinstance(box, list) or len(box) != 4:
        raise AnnotationError(f"{where} has no bbox [left, top, width, height], but {box!r:.60}")
    try:
        left, top, width, height = (float(edge) for edge in box)
    except (TypeError, ValueError):
        raise AnnotationError(f"{where} has a bbox that is no numbers: {box!r:.60}") from None
    return make_box(where, top, left, top + height, left + width)


def _list(path: Path, data: Any, name: str, *keys: str) -> list[dict[str, Any]]:
    found = data.get(name) if isinstance(data, dict) else None
    if not isinstance(found, list):
        raise AnnotationError(f"{path} has no list {name!r}: expected COCO's format")
    for number, entry in enumerate(found):
        missing = [key for key in keys if not isinstance(entry, dict) or key not in entry]
        if missing:
            raise AnnotationError(f"entry {number} of {name!r} in {path} has no {missing[0]!r}")
        if any(isinstance(entry[key], list | dict) for key in keys):
            raise AnnotationError(f"entry {number} of {name!r} in {path} is no entry of COCO's")
    return found
