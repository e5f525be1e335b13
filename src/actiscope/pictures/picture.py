"""An array of pixels that shows itself."""

import os
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from PIL import Image

from actiscope.images import encode_png, to_uint8, write_png


class Picture(np.ndarray[Any, np.dtype[Any]]):
    """An array, (H, W) or (H, W, 3), that a notebook shows and that can be saved.

    Parameters
    ----------
    pixels : array_like
        uint8, or floats of which 0-1 is black to white.
    """

    def __new__(cls, pixels: npt.ArrayLike) -> Self:
        """View an array as a picture."""
        return np.asarray(pixels).view(cls)

    def to_pil(self) -> Image.Image:
        """Return a PIL image; floats become ``round(255 * clip(x, 0, 1))``."""
        return Image.fromarray(np.ascontiguousarray(to_uint8(self.view(np.ndarray))))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write a PNG file, whole or not at all.

        Parameters
        ----------
        path : path-like
            The file.

        Returns
        -------
        pathlib.Path
            The file written.

        Raises
        ------
        ArgumentError
            If the name does not end in .png.
        OutputError
            If it cannot be written.
        """
        return write_png(path, self.view(np.ndarray))

    def _repr_png_(self) -> bytes | None:
        drawable = self.size and (self.ndim == 2 or (self.ndim == 3 and self.shape[2] == 3))
        return encode_png(self.view(np.ndarray)) if drawable else None
