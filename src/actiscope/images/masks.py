"""Where a picture is edited: within a box, where a second one is white, or where it differs."""

import numpy as np

from actiscope.errors import ArgumentError
from actiscope.geometry import Box
from actiscope.images.edits import Mask
from actiscope.images.pixels import Pixels

_WHITE = 128
"""The mean of red, green and blue from which a pixel of a mask counts."""


def mask_of_box(box: Box, size: tuple[int, int]) -> Mask:
    """Return the mask of a box.

    Parameters
    ----------
    box : Box
        In pixels; its edges are rounded, and cut at those of the picture.
    size : (int, int)
        Height and width of the picture.

    Returns
    -------
    ndarray of bool, (H, W)
        True within the box.
    """
    mask = np.zeros(size, dtype=bool)
    top, left, bottom, right = (max(round(edge), 0) for edge in box)
    mask[top:bottom, left:right] = True
    return mask


def mask_of_picture(picture: Pixels, size: tuple[int, int], name: str) -> Mask:
    """Return the mask that a picture draws.

    Parameters
    ----------
    picture : ndarray of uint8, (H, W, 3)
        The mask as a picture, white where it is meant.
    size : (int, int)
        Height and width of the picture that it is for.
    name : str
        What it is called, for the message.

    Returns
    -------
    ndarray of bool, (H, W)
        True where it is white.

    Raises
    ------
    ArgumentError
        If it has another size.
    """
    mask: Mask = picture.mean(axis=2) >= _WHITE
    if mask.shape != size:
        raise ArgumentError(
            f"the mask {name!r} is {mask.shape[0]}x{mask.shape[1]} pixels, "
            f"the picture {size[0]}x{size[1]}"
        )
    return mask


def mask_of_change(before: Pixels, after: Pixels) -> Mask:
    """Return the mask of what differs between two pictures.

    Parameters
    ----------
    before, after : ndarray of uint8, (H, W, 3)
        The pictures.

    Returns
    -------
    ndarray of bool, (H, W)
        True where they differ.

    Raises
    ------
    ArgumentError
        If they differ in size, or nowhere.
    """
    if before.shape != after.shape:
        (height, width, _), (other_height, other_width, _) = before.shape, after.shape
        raise ArgumentError(
            f"both pictures must have one size, these are {height}x{width} and "
            f"{other_height}x{other_width}"
        )
    mask: Mask = np.any(before != after, axis=2)
    if not mask.any():
        raise ArgumentError("both pictures are the same: there is nothing to compare")
    return mask


def box_of_mask(mask: Mask) -> Box:
    """Return the box around what a mask covers.

    Parameters
    ----------
    mask : ndarray of bool, (H, W)
        True somewhere.

    Returns
    -------
    Box
        The smallest that holds all of it.
    """
    rows, cols = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return Box(float(rows[0]), float(cols[0]), float(rows[-1] + 1), float(cols[-1] + 1))
