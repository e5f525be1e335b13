"""Concepts by masks: PNG files in which the pixels of a concept are not zero."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from actiscope.errors import AnnotationError, one_line
from actiscope.studies.concepts.regions import MaskRegion

Masks = dict[Path, dict[str, MaskRegion]]
"""By picture and concept."""


def mask_names(known: Mapping[str, Path], folder: Path) -> dict[Path, tuple[Path, str]]:
    """Return the masks in a folder that belong to pictures.

    Parameters
    ----------
    known : mapping of str to pathlib.Path
        The pictures of the set by what they are called.
    folder : pathlib.Path
        Where masks are looked for.

    Returns
    -------
    dict of pathlib.Path to (pathlib.Path, str)
        For ``NAME.CONCEPT.png`` the picture ``NAME.*`` and the concept; for ``NAME.png`` the
        picture and "".
    """
    pictures = set(known.values())
    found = {}
    for mask in sorted(set(folder.rglob("*.png")) - pictures):
        whole = mask.relative_to(folder).with_suffix("").as_posix()
        name, _, concept = whole.rpartition(".")
        if whole in known:
            found[mask] = known[whole], ""
        elif name in known:
            found[mask] = known[name], concept
    return found


def read_masks(
    names: Mapping[Path, tuple[Path, str]], classes: Mapping[Path, str], folder: Path
) -> Masks:
    """Read masks.

    Parameters
    ----------
    names : mapping of pathlib.Path to (pathlib.Path, str)
        As `mask_names` finds them.
    classes : mapping of pathlib.Path to str
        What the pictures show, for masks that do not say what they mark.
    folder : pathlib.Path
        Where they lie, for the message.

    Returns
    -------
    dict
        By picture and concept; without masks that mark nothing.

    Raises
    ------
    AnnotationError
        If there are none, one cannot be read, or it is not known what one marks.
    """
    if not names:
        raise AnnotationError(
            f"no mask in {folder} is called as a picture: NAME.png or NAME.CONCEPT.png for NAME.jpg"
        )
    found: Masks = {}
    for path, (picture, said) in names.items():
        concept = said or classes.get(picture, "")
        if not concept:
            raise AnnotationError(
                f"the mask {path} does not say what it marks; call it {path.stem}.CONCEPT.png"
            )
        mask = _read_mask(path)
        if mask.any():
            found.setdefault(picture, {})[concept] = MaskRegion(mask)
    return found


def _read_mask(path: Path) -> npt.NDArray[np.bool_]:
    try:
        with Image.open(path, formats=["PNG"]) as image:
            array = np.asarray(image if image.mode in ("1", "L", "P", "I", "I;16") else _rgb(image))
    except Exception as error:  # whatever a stranger's file may hold
        raise AnnotationError(f"cannot read the mask {path}: {one_line(error)}") from None
    return np.asarray(array.any(axis=2) if array.ndim == 3 else array != 0)


def _rgb(image: Image.Image) -> Image.Image:
    return image.convert("RGB")
