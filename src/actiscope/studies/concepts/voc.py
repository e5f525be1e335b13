"""Boxes in Pascal VOC's XML, one file for each picture.

M. Everingham et al., "The Pascal Visual Object Classes (VOC) Challenge", IJCV 88 (2010),
https://doi.org/10.1007/s11263-009-0275-4.
"""

from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

from actiscope.errors import AnnotationError, one_line
from actiscope.studies.concepts.marks import Marks, make_box, read_text

_EDGES = ("ymin", "xmin", "ymax", "xmax")


def read_voc(paths: Iterable[Path]) -> Marks:
    """Read the boxes of VOC files.

    Parameters
    ----------
    paths : iterable of pathlib.Path
        The files. Their pixels count from 1 and both edges belong to the box.

    Returns
    -------
    Marks
        Of all pictures that have a file.

    Raises
    ------
    AnnotationError
        If one is no such file.
    """
    marks = Marks(lists_all=True)
    for path in paths:
        root = _parse(path)
        picture = root.findtext("filename", "").strip() or path.stem
        marks.marks.setdefault(picture, {})
        for number, entry in enumerate(root.findall("object")):
            where = f"object {number} of {path}"
            concept = entry.findtext("name", "").strip()
            edges = [entry.findtext(f"bndbox/{edge}") for edge in _EDGES]
            if not concept or None in edges:
                raise AnnotationError(f"{where} has no name, or no bndbox with {', '.join(_EDGES)}")
            marks.add(picture, concept, make_box(where, *edges, first=1))
    return marks


def _parse(path: Path) -> ElementTree.Element:
    text = read_text(path)
    if "<!DOCTYPE" in text:
        raise AnnotationError(f"{path} has a document type, which no VOC file has; it is not read")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - without a document type it is harmless
    except (ElementTree.ParseError, ValueError) as error:
        raise AnnotationError(f"{path} is no XML: {one_line(error)}") from None
    if root.tag != "annotation":
        raise AnnotationError(f"{path} holds <{root.tag}>; expected <annotation>, as VOC has it")
    return root
