"""What a value lost where a picture was covered."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from actiscope.geometry import Geometry
from actiscope.images import to_rgb
from actiscope.pictures.colorbar import colorbar
from actiscope.pictures.colormaps import SIGNED
from actiscope.pictures.lettering import INK, PAPER, paper, stack, strip, text_width
from actiscope.pictures.overlay import overlay
from actiscope.pictures.picture import Picture
from actiscope.pictures.resizing import resize
from actiscope.pictures.tiling import tile

_SIDE = 300
_LINE = 20
_GAP = 8
_MARGIN = 10


def occlusion_picture(
    image: npt.ArrayLike, drops: Mapping[str, npt.ArrayLike], geometry: Geometry
) -> Picture:
    """Draw occlusion maps over their picture, side by side on one scale around zero.

    Parameters
    ----------
    image : array_like, (H, W, 3)
        The picture.
    drops : mapping of str to array_like, (rows, cols)
        What a value lost, by name of the fill.
    geometry : Geometry
        Where the windows lie on the picture.

    Returns
    -------
    Picture
        uint8 RGB: the picture, then a map for each fill, and a colour bar with the true values.
    """
    picture = to_rgb(np.asarray(image))
    factor = max(1, round(_SIDE / max(picture.shape[:2])))
    size = picture.shape[0] * factor, picture.shape[1] * factor
    large = resize(picture, size) if factor > 1 else picture
    placed = geometry.scaled(factor, factor)
    most = max(float(np.abs(values).max()) for values in drops.values()) or 1.0
    limits = (-most, most)
    cells = [("picture", large)]
    for name, values in drops.items():
        drawn = overlay(large, values, geometry=placed, limits=limits, colormap=SIGNED)
        cells.append((f"covered with {name}", np.asarray(drawn)))
    width = max(size[1], *(text_width(title) for title, _ in cells)) + _GAP
    columns = [
        stack([strip(width, _LINE, [(0, title, "l", INK)]), _widened(cell, width)])
        for title, cell in cells
    ]
    body = np.concatenate(columns, axis=1)
    bar = colorbar(body.shape[1], limits, SIGNED, "how far the value fell, one scale for all")
    return tile([stack([body, bar], gap=_GAP)], (1, 1), border=_MARGIN, background=PAPER)


def _widened(picture: npt.NDArray[np.uint8], width: int) -> npt.NDArray[np.uint8]:
    missing = paper(picture.shape[0], width - picture.shape[1])
    return np.concatenate([picture, missing], axis=1)
