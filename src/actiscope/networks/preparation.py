"""How pixels become what a network is fed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from actiscope.errors import ArgumentError, ImageSizeError
from actiscope.images.pixels import Pixels
from actiscope.pictures import resize

Size = int | tuple[int, int]


@dataclass(frozen=True)
class Preparation:
    """What is done to pixels before the first layer.

    Parameters
    ----------
    mean : (float, float, float)
        Subtracted from red, green and blue, 0-255.
    source : str
        Where these numbers come from.
    """

    mean: tuple[float, float, float]
    source: str

    def __call__(self, images: Sequence[Pixels]) -> npt.NDArray[np.float32]:
        """Return pictures of one size as a batch.

        Parameters
        ----------
        images : sequence of uint8 arrays (H, W, 3)
            The pictures, of one size.

        Returns
        -------
        ndarray of float32, (N, 3, H, W)
            What the network is fed.
        """
        batch = np.empty((len(images), 3, *images[0].shape[:2]), dtype=np.float32)
        mean = np.array(self.mean, dtype=np.float32)[:, np.newaxis, np.newaxis]
        for image, fed in zip(images, batch, strict=True):
            np.subtract(image.transpose(2, 0, 1), mean, out=fed)
        return batch


def fit_size(images: Sequence[Pixels], size: Size | None) -> list[Pixels]:
    """Bring pictures to one size.

    Parameters
    ----------
    images : sequence of uint8 arrays (H, W, 3)
        The pictures.
    size : int or (int, int), optional
        Height and width to resize to, one number for a square; by default pictures keep their own,
        which then has to be the same for all.

    Returns
    -------
    list of uint8 arrays (H, W, 3)
        The pictures at one size.

    Raises
    ------
    ArgumentError
        If `size` is no size.
    ImageSizeError
        If the sizes differ and none is given.
    """
    if size is None:
        sizes = {image.shape[:2] for image in images}
        if len(sizes) > 1:
            found = ", ".join(f"{height}x{width}" for height, width in sorted(sizes)[:3])
            raise ImageSizeError(f"pictures of several sizes ({found}) need a common one: size=227")
        return list(images)
    height, width = check_size(size)
    return [
        image if image.shape[:2] == (height, width) else resize(image, (height, width))
        for image in images
    ]


def check_size(size: Size) -> tuple[int, int]:
    """Return a size as (height, width).

    Parameters
    ----------
    size : int or (int, int)
        One number is a square.

    Returns
    -------
    (int, int)
        Height and width.

    Raises
    ------
    ArgumentError
        If it is something else, or not positive.
    """
    try:
        height, width = (size, size) if not isinstance(size, tuple | list) else size
        checked = int(height.__index__()), int(width.__index__())
    except (TypeError, ValueError, AttributeError):
        raise ArgumentError(f"a size is a number or (height, width), not {size!r}") from None
    if min(checked) < 1:
        raise ArgumentError(f"a size is positive, not {size!r}")
    return checked
