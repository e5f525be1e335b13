"""Pictures that come with the packages actiscope stands on."""

import importlib.util
from pathlib import Path

import numpy as np

from actiscope.errors import ImageError
from actiscope.geometry import Box
from actiscope.images.edits import inpaint
from actiscope.images.pixels import Pixels
from actiscope.images.reading import read_image

EYES = {
    "left of the picture": Box(64, 56, 144, 120),
    "right of the picture": Box(64, 120, 144, 184),
}
"""Boxes around the eyes of `face`, one beside the other: 80 pixels high and 64 wide."""

_FACE_ROWS, _FACE_COLS = slice(0, 227), slice(110, 337)
_EYE_CENTRE = (103, 137)
_EYELID = (7, 14)
_PHOTOGRAPHS = {"cat": "chelsea.png", "coffee": "coffee.png", "rocket": "rocket.jpg"}


def face() -> Pixels:
    """Return a face, 227 x 227: that of Eileen Collins (NASA, public domain, in scikit-image).

    Returns
    -------
    ndarray of uint8, (227, 227, 3)
        RGB.
    """
    return np.ascontiguousarray(_scikit_image("astronaut.png")[_FACE_ROWS, _FACE_COLS])


def close_right_eye(picture: Pixels) -> Pixels:
    """Return `face` with the eye at the right of the picture edited away.

    An ellipse of 14 x 7 pixels (half axes) around the eye is filled from the skin around it by
    biharmonic inpainting. It is an edit, not a photograph of a wink.

    Parameters
    ----------
    picture : ndarray of uint8, (227, 227, 3)
        The face.

    Returns
    -------
    ndarray of uint8, (227, 227, 3)
        The edited face.
    """
    rows, cols = np.ogrid[: picture.shape[0], : picture.shape[1]]
    eyelid = ((rows - _EYE_CENTRE[0]) / _EYELID[0]) ** 2 + (
        (cols - _EYE_CENTRE[1]) / _EYELID[1]
    ) ** 2 <= 1
    return inpaint(picture, eyelid)


def samples() -> dict[str, Pixels]:
    """Return pictures to begin with, by name: the face, with and without its eye, and photographs.

    Returns
    -------
    dict of str to ndarray of uint8, (H, W, 3)
        RGB; the photographs are those that scikit-image carries.
    """
    first = face()
    photographs = {name: _scikit_image(file) for name, file in _PHOTOGRAPHS.items()}
    return {"face": first, "face, one eye closed": close_right_eye(first), **photographs}


def _scikit_image(name: str) -> Pixels:
    spec = importlib.util.find_spec("skimage")
    if spec is None or not spec.submodule_search_locations:
        raise ImageError("the sample pictures come with scikit-image; `pip install scikit-image`")
    return read_image(Path(spec.submodule_search_locations[0]) / "data" / name)
