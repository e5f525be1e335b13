"""Large pictures become small ones, to be looked at."""

import numpy as np
from PIL import Image

from actiscope.images.pixels import Pixels


def shrink(picture: Pixels, longest: int) -> Pixels:
    """Make a picture smaller, if it is larger than that.

    Parameters
    ----------
    picture : ndarray of uint8, (H, W, 3)
        RGB.
    longest : int
        The longer side may have as many pixels.

    Returns
    -------
    ndarray of uint8, (H, W, 3)
        The picture itself where it is small enough.
    """
    height, width = picture.shape[:2]
    scale = longest / max(height, width)
    if scale >= 1:
        return picture
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    small = Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS, reducing_gap=3)
    return np.asarray(small)
