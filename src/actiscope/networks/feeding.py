"""Pictures as they are given to a network, one or several."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from actiscope.activations import Placement
from actiscope.checks import Size
from actiscope.errors import ArgumentError, ImageSizeError
from actiscope.images import ImageSource, read_image
from actiscope.images.pixels import Pixels
from actiscope.networks.preparation import Preparation

Images = ImageSource | Sequence[ImageSource]
_MULTIPLE = 32
"""What sides have to be multiples of where maps are halved five times and joined again."""


class Placed(NamedTuple):
    """Pictures that were brought to the size that a network takes."""

    pictures: list[Pixels]
    placements: tuple[Placement, ...]
    several: bool
    """Whether a sequence of pictures was given."""


def is_several(image: Images) -> bool:
    """Say whether a sequence of pictures was given, rather than one."""
    return isinstance(image, list | tuple) or (isinstance(image, np.ndarray) and image.ndim == 4)


def place(image: Images, preparation: Preparation, size: Size | None) -> Placed:
    """Read pictures and bring them to a common size.

    Parameters
    ----------
    image : picture or sequence of pictures
        Whatever `actiscope.read_image` reads.
    preparation : Preparation
        That of the network.
    size : int or (int, int), optional
        Height and width to resize to.

    Returns
    -------
    Placed
        The pictures, and where they lie on what was given.

    Raises
    ------
    ArgumentError
        If there is no picture.
    ImageSizeError
        If several differ in size.
    """
    several = is_several(image)
    read = [read_image(each) for each in image] if several else [read_image(image)]  # type: ignore[union-attr, arg-type]
    if not read:
        raise ArgumentError("no picture was given")
    pictures, placements = zip(*(preparation.place(picture, size) for picture in read), strict=True)
    sizes = {placement.input_size for placement in placements}
    if len(sizes) > 1:
        found = ", ".join(f"{height}x{width}" for height, width in sorted(sizes)[:3])
        raise ImageSizeError(f"pictures of several sizes ({found}) need a common one: size=227")
    return Placed(list(pictures), placements, several)


def near_multiples(size: tuple[int, int]) -> tuple[int, int]:
    """Return the size nearest to one at which networks run that join maps of several scales."""
    height, width = (max(round(side / _MULTIPLE), 1) * _MULTIPLE for side in size)
    return height, width
