"""Boxes in COCO's JSON: https://cocodataset.org/#format-data."""

import json
from pathlib import Path
from typing import Any

from actiscope.errors import AnnotationError, one_line
from actiscope.studies.concepts.boxes import Boxes, make_box, read_text


def read_coco(path: Path) -> Boxes:
    """Read the boxes of a COCO file.

    Parameters
    ----------
    path : pathlib.Path
        The file; of each annotation the box and the category are read.

    Returns
    -------
    Boxes
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
    boxes = Boxes(lists_all=True, marks={str(name): {} for name in pictures.values()})
    wanted = ("image_id", "category_id", "bbox")
    for number, entry in enumerate(_list(path, data, "annotations", *wanted)):
        where = f"annotation {number} of {path}"
        if entry["image_id"] not in pictures or entry["category_id"] not in concepts:
            raise AnnotationError(f"{where} names a picture or a category that is not listed")
        box = entry["bbox"]
        if not isinstance(box, list) or len(box) != 4:
            raise AnnotationError(
                f"{where} has no bbox [left, top, width, height], but {box!r:.60}"
            )
        try:
            left, top, width, height = (float(edge) for edge in box)
        except (TypeError, ValueError):
            raise AnnotationError(f"{where} has a bbox that is no numbers: {box!r:.60}") from None
        boxes.add(
            str(pictures[entry["image_id"]]),
            str(concepts[entry["category_id"]]),
            make_box(where, top, left, top + height, left + width),
        )
    return boxes


def _list(path: Path, data: Any, name: str, *keys: str) -> list[dict[str, Any]]:
    found = data.get(name) if isinstance(data, dict) else None
    if not isinstance(found, list):
        raise AnnotationError(f"{path} has no list {name!r}: expected COCO's format")
    for number, entry in enumerate(found):
        missing = [key for key in keys if not isinstance(entry, dict) or key not in entry]
        if missing:
            raise AnnotationError(f"entry {number} of {name!r} in {path} has no {missing[0]!r}")
        if any(isinstance(entry[key], list | dict) for key in keys if key != "bbox"):
            raise AnnotationError(f"entry {number} of {name!r} in {path} is no entry of COCO's")
    return found
