"""Find the pictures of a set, and what says which concepts they show."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from actiscope.errors import AnnotationError, ArgumentError
from actiscope.studies.concepts.coco import read_coco
from actiscope.studies.concepts.examples import Example, ExampleSet
from actiscope.studies.concepts.marks import Marks
from actiscope.studies.concepts.masks import Masks, mask_names, read_masks
from actiscope.studies.concepts.names import DEFAULT_PATTERN, by_folder, by_pattern, known_as
from actiscope.studies.concepts.regions import JoinedRegion, Region
from actiscope.studies.concepts.table import read_table
from actiscope.studies.concepts.voc import read_voc

_SUFFIXES = {".bmp", ".gif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"}


@dataclass(frozen=True)
class _Classes:
    """What the names of files or folders say."""

    found: Mapping[Path, str]
    source: str


def read_examples(
    folder: str | os.PathLike[str],
    annotations: str | os.PathLike[str] | None = None,
    *,
    pattern: str | None = None,
) -> ExampleSet:
    """Find the pictures in a folder, and the concepts that are marked on them.

    Parameters
    ----------
    folder : path-like
        The pictures, in it or below it.
    annotations : path-like, optional
        Where concepts are marked: COCO's JSON (its segmentations, else its boxes); a CSV file with
        image, concept and perhaps top, left, bottom, right; Pascal VOC's XML, a file or a folder of
        them; or a folder of masks, ``NAME.CONCEPT.png`` (or ``NAME.png``, for what the picture's
        name says) for ``NAME.jpg``, in which the pixels of the concept are not zero. Without it the
        folder that a picture lies in says what it shows, or the word before the first "-" of its
        name where there are no folders; and masks ``NAME.CONCEPT.png`` beside the pictures.
    pattern : str, optional
        A regular expression with one group, which finds the concept in the name of a file.

    Returns
    -------
    ExampleSet
        The pictures. What they hold is not looked at yet.

    Raises
    ------
    ArgumentError
        If there are no pictures, nothing says what they show, or the pattern is none.
    AnnotationError
        If the annotations cannot be read, or are of other pictures.
    """
    root = Path(folder)
    if not root.is_dir():
        raise ArgumentError(f"there is no folder {root}")
    if annotations is not None and pattern is not None and not Path(annotations).is_dir():
        raise ArgumentError("give either annotations or a pattern: both say what is shown")
    files = _pictures_in(root, None if annotations is None else Path(annotations))
    beside = _masks_beside(files)
    pictures = [path for path in files if path not in beside]
    if not pictures:
        raise ArgumentError(f"there are no pictures in {root}")
    if annotations is None:
        classes = _classes(pictures, root, pattern)
        masks = read_masks(beside, classes.found, root) if beside else {}
        return _named(pictures, root, classes, masks, "masks beside the pictures")
    return _annotated(pictures, root, Path(annotations), pattern)


def _pictures_in(root: Path, annotations: Path | None) -> list[Path]:
    """Return the pictures below a folder, without those below the annotations."""
    apart = annotations if annotations is not None and annotations != root else None
    return sorted(
        path
        for path in root.rglob("*")
        if path.suffix.lower() in _SUFFIXES
        and not any(part.startswith(".") for part in path.relative_to(root).parts)
        and (apart is None or apart not in path.parents)
        and path.is_file()
    )


def _annotated(
    pictures: Sequence[Path], root: Path, annotations: Path, pattern: str | None
) -> ExampleSet:
    if annotations.is_dir():
        files = sorted(annotations.glob("*.xml"))
        if files:
            return _marked(pictures, root, annotations, read_voc(files), "Pascal VOC")
        classes = _classes(pictures, root, pattern, strict=False)
        masks = read_masks(
            mask_names(known_as(pictures, root), annotations), classes.found, annotations
        )
        return _named(pictures, root, classes, masks, f"masks in {annotations.name}")
    if not annotations.is_file():
        raise ArgumentError(f"there is no file or folder {annotations}")
    match annotations.suffix.lower():
        case ".json":
            return _marked(pictures, root, annotations, read_coco(annotations), "COCO")
        case ".csv":
            return _marked(pictures, root, annotations, read_table(annotations), "CSV")
        case ".xml":
            return _marked(pictures, root, annotations, read_voc([annotations]), "Pascal VOC")
    raise AnnotationError(
        f"{annotations} is no annotation that can be read: expected COCO's .json, Pascal VOC's "
        ".xml, a .csv, or a folder of masks or of .xml files"
    )


def _masks_beside(files: Sequence[Path]) -> dict[Path, tuple[Path, str]]:
    """Return files called NAME.CONCEPT.png that lie beside a picture called NAME.*."""
    by_name = {path.with_suffix(""): path for path in files}
    found = {}
    for path in files:
        name = path.with_suffix("")
        if path.suffix.lower() == ".png" and name.suffix and name.with_suffix("") in by_name:
            found[path] = by_name[name.with_suffix("")], name.suffix[1:]
    return found


def _classes(
    pictures: Sequence[Path], root: Path, pattern: str | None, *, strict: bool = True
) -> _Classes:
    if pattern is None and all(path.parent != root for path in pictures):
        return _Classes(by_folder(pictures, root), "the folders that they lie in")
    searched = DEFAULT_PATTERN if pattern is None else pattern
    found = by_pattern(pictures, searched)
    if not found and strict:
        raise ArgumentError(
            f"nothing says what the pictures in {root} show: {searched!r} finds nothing in names "
            f"such as {pictures[0].name!r}; put each concept in a folder of its own, or give "
            "annotations or another pattern"
        )
    return _Classes(found, f"the names of the files, by {searched}")


def _named(
    pictures: Sequence[Path], root: Path, classes: _Classes, masks: Masks, what: str
) -> ExampleSet:
    """Join what names say with masks."""
    examples = []
    for path in pictures:
        concepts: dict[str, Region | None] = {}
        if path in classes.found:
            concepts[classes.found[path]] = None
        concepts |= masks.get(path, {})
        examples.append(Example(path, path.relative_to(root).as_posix(), concepts))
    source = f"{classes.source}, and {what}" if masks and classes.found else classes.source
    return ExampleSet(tuple(examples), source if classes.found else what)


def _marked(
    pictures: Sequence[Path], root: Path, annotations: Path, marks: Marks, kind: str
) -> ExampleSet:
    """Join pictures with annotations, by the path in the folder or else by the name of the file."""
    known = known_as(pictures, root)
    keys = {known[key]: key for key in marks.marks if key in known}
    if not keys:
        first = next(iter(marks.marks), "")
        raise AnnotationError(
            f"{annotations} names none of the {len(pictures)} pictures in {root}"
            + (f"; the first that it names is {first!r:.100}" if first else "")
        )
    examples = []
    for path in pictures:
        if path not in keys and marks.lists_all:
            continue
        concepts = marks.marks[keys[path]] if path in keys else {}
        regions = {concept: _joined(each) for concept, each in concepts.items()}
        examples.append(Example(path, path.relative_to(root).as_posix(), regions))
    notes = []
    if len(examples) < len(pictures):
        notes.append(
            f"left out, for they are not in {annotations.name}: {len(pictures) - len(examples)}"
        )
    missing = len(marks.marks) - len(keys)
    if missing:
        notes.append(f"in {annotations.name}, but not in the folder: {missing}")
    return ExampleSet(tuple(examples), f"{annotations.name} ({kind})", tuple(notes))


def _joined(regions: Sequence[Region]) -> Region | None:
    if len(regions) > 1:
        return JoinedRegion(regions)
    return regions[0] if regions else None
