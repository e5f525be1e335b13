"""What a value is the sum of: the places, and the channels that add most."""

import numpy as np
import numpy.typing as npt

from actiscope.geometry import Geometry
from actiscope.images import to_rgb
from actiscope.pictures.bars import bar_chart
from actiscope.pictures.colormaps import UNIFORM
from actiscope.pictures.gallery import Caption, Shown, gallery
from actiscope.pictures.lettering import stack
from actiscope.pictures.occlusion import evidence_picture
from actiscope.pictures.overlay import overlay
from actiscope.pictures.picture import Picture

_COLUMNS = 5
_MOST = 10


def contributions_picture(
    image: npt.ArrayLike,
    places: npt.ArrayLike,
    channels: npt.ArrayLike,
    maps: npt.ArrayLike,
    geometry: Geometry,
    *,
    layer: str,
    legend: str,
) -> Picture:
    """Draw the shares of places over their picture, and below the channels of the largest shares.

    Parameters
    ----------
    image : array_like, (H, W, 3)
        The picture.
    places : array_like, (rows, cols)
        The share of each place of a layer.
    channels : array_like, (C,)
        The share of each of its channels.
    maps : array_like, (C, rows, cols)
        What the layer gives.
    geometry : Geometry
        Where its units lie on the picture.
    layer : str
        What it is called.
    legend : str
        What the shares are shares of.

    Returns
    -------
    Picture
        uint8 RGB; bars alone for a layer that has no places.
    """
    shares, values = np.asarray(channels), np.asarray(maps)
    if values.shape[1:] == (1, 1):
        return bar_chart(shares, legend=f"{legend}, by channel of {layer}")
    picture = to_rgb(np.asarray(image))
    order = np.argsort(-np.abs(shares), kind="stable")[:_MOST]
    shown = [
        Shown(
            np.asarray(overlay(picture, values[channel], geometry=geometry, colormap=UNIFORM)),
            Caption(f"{shares[channel]:+.4g}", f"channel {channel}"),
        )
        for channel in order
        if shares[channel]
    ]
    drawn = [np.asarray(evidence_picture(picture, {layer: places}, geometry, legend=legend))]
    if len(shown) > 1:
        title = f"channels of {layer}, each on a scale of its own, and what each adds"
        drawn.append(np.asarray(gallery(shown, title=title, columns=_COLUMNS)))
    return Picture(stack(drawn))
