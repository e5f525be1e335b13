"""A channel over its picture."""

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from actiscope.errors import ArgumentError
from actiscope.geometry import Geometry
from actiscope.images import to_rgb
from actiscope.images.pixels import Pixels
from actiscope.pictures.colormaps import SIGNED, UNIFORM, colorize
from actiscope.pictures.limits import shown_limits
from actiscope.pictures.picture import Picture
from actiscope.pictures.resizing import MAPS, place, resize
from actiscope.pictures.scaling import as_finite, rescale


def overlay(
    image: npt.ArrayLike,
    channel: npt.ArrayLike,
    *,
    geometry: Geometry | None = None,
    limits: tuple[float, float] | None = None,
    colormap: str | None = None,
    opacity: float = 0.8,
) -> Picture:
    """Lay a channel over its picture: opaque where it is far from zero, clear where it is silent.

    The picture is drawn in grey, so that every colour is the channel's.

    Parameters
    ----------
    image : array_like, (H, W) or (H, W, 3)
        The picture, uint8 or floats in 0-1.
    channel : array_like, (h, w)
        One channel's values.
    geometry : Geometry, optional
        Where its units look: each value is then drawn at the centre of its receptive field. Without
        it the map is stretched over the picture, as MATLAB's ``imresize`` does.
    limits : (float, float), optional
        Values at the two ends of the colour map; of the channel by default, around zero if the
        colour map is signed.
    colormap : str, optional
        As in `palette`; by default viridis, or the signed one if there are negative values.
    opacity : float
        How opaque the value farthest from zero is, 0-1; zero is clear.

    Returns
    -------
    Picture
        uint8 RGB, of the size of the picture.

    Raises
    ------
    ArgumentError
        If the channel is not a (h, w) map, or the opacity is not in 0-1.
    ImageError
        If `image` is no picture.
    """
    if not 0 <= opacity <= 1:
        raise ArgumentError(f"opacity lies in 0-1, not {opacity!r}")
    values = as_finite(channel)
    if values.ndim != 2:
        raise ArgumentError(f"a channel is a map (h, w), this has shape {values.shape}")
    colormap = colormap or overlay_colormap(values)
    below = _gray(to_rgb(np.asarray(image)))
    size = (below.shape[0], below.shape[1])
    low, high = limits or shown_limits(values, colormap)
    placed = resize(values, size, axes=MAPS) if geometry is None else place(values, size, geometry)
    placed = np.nan_to_num(placed)
    most = max(abs(low), abs(high)) or 1.0
    alpha = opacity * np.clip(np.abs(placed) / most, 0, 1)[:, :, np.newaxis]
    above = colorize(rescale(placed, (low, high)), colormap)
    return Picture((below * (1 - alpha) + above * alpha + 0.5).astype(np.uint8))


def _gray(picture: Pixels) -> Pixels:
    """Return a picture without its colours, which would be taken for those of the map."""
    return np.asarray(Image.fromarray(picture).convert("L").convert("RGB"))


def overlay_colormap(values: npt.NDArray[Any]) -> str:
    """Return a colour map for an overlay: viridis, or the signed one if there are negatives."""
    return SIGNED if values.min() < 0 else UNIFORM
