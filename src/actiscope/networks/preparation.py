"""How pixels become what a network is fed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from actiscope.checks import Size, check_size
from actiscope.errors import ImageSizeError
from actiscope.images.pixels import Pixels
from actiscope.images.reading import MAX_PIXELS
from actiscope.pictures import resize


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
    if height * width > MAX_PIXELS:
        raise ImageSizeError(f"{height:,}x{width:,} is more than {MAX_PIXELS:,} pixels")
    return [
        image if image.shape[:2] == (height, width) else resize(image, (height, width))
        for image in images
    ]
