"""What a value owes to each part of a picture."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from actiscope.geometry import Geometry
from actiscope.images import to_rgb
from actiscope.pictures.colorbar import colorbar
from actiscope.pictures.colormaps import SIGNED, is_signed
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
    image: npt.ArrayLike,
    drops: Mapping[str, npt.ArrayLike],
    geometry: Geometry,
    *,
    of: str = "the value",
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
    of : str
        What fell.

    Returns
    -------
    Picture
        uint8 RGB: the picture, then a map for each fill, and a colour bar with the true values.
    """
    return evidence_picture(
        image,
        {f"covered with {name}": values for name, values in drops.items()},
        geometry,
        legend=f"how far {of} fell, one scale for all",
    )


def evidence_picture(
    image: npt.ArrayLike,
    maps: Mapping[str, npt.ArrayLike],
    geometry: Geometry,
    *,
    legend: str,
    most: float | None = None,
    colormap: str = SIGNED,
) -> Picture:
    """Draw maps of what speaks for a value, and against it, over a picture, on one scale.

    Parameters
    ----------
    image : array_like, (H, W, 3)
        The picture.
    maps : mapping of str to array_like, (rows, cols)
        The maps, by title.
    geometry : Geometry
        Where their values lie on the picture.
    legend : str
        What the colour bar measures.
    most : float, optional
        The value that becomes the strongest colour; the largest by default.
    colormap : str
        A signed one, or for maps that are never negative another.

    Returns
    -------
    Picture
        uint8 RGB: the picture, then each map, and a colour bar around zero, or from it.
    """
    picture = to_rgb(np.asarray(image))
    factor = max(1, round(_SIDE / max(picture.shape[:2])))
    size = picture.shape[0] * factor, picture.shape[1] * factor
    large = resize(picture, size) if factor > 1 else picture
    placed = geometry.scaled(factor, factor)
    most = most or max(float(np.abs(values).max()) for values in maps.values()) or 1.0
    limits = (-most if is_signed(colormap) else 0.0, most)
    cells = [("picture", large)]
    for title, values in maps.items():
        drawn = overlay(large, values, geometry=placed, limits=limits, colormap=colormap)
        cells.append((title, np.asarray(drawn)))
    width = max(size[1], *(text_width(title) for title, _ in cells)) + _GAP
    columns = [
        stack([strip(width, _LINE, [(0, title, "l", INK)]), _widened(cell, width)])
        for title, cell in cells
    ]
    body = np.concatenate(columns, axis=1)
    bar = colorbar(body.shape[1], limits, colormap, legend)
    return tile([stack([body, bar], gap=_GAP)], (1, 1), border=_MARGIN, background=PAPER)


def _widened(picture: npt.NDArray[np.uint8], width: int) -> npt.NDArray[np.uint8]:
    missing = paper(picture.shape[0], width - picture.shape[1])
    return np.concatenate([picture, missing], axis=1)
