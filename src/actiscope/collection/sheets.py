"""Many channels, or many pictures of an index, as one picture."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from actiscope.collection.index import Index, Near
from actiscope.collection.rereading import read_picture
from actiscope.collection.summaries import ChannelSummary
from actiscope.errors import ActiscopeError
from actiscope.images.pixels import Pixels
from actiscope.networks.streaming import map_ahead
from actiscope.pictures import Picture
from actiscope.pictures.gallery import Caption, Shown, gallery, in_cell
from actiscope.pictures.lettering import format_value

_SIDE = 96
"""Pixels of the patch of a channel."""
_PICTURES_ACROSS = 6


def draw_channels(index: Index, layer: str, channels: Sequence[ChannelSummary]) -> Picture:
    """Draw what the strongest unit of each channel sees, side by side.

    Parameters
    ----------
    index : Index
        The index.
    layer : str
        Name of the layer.
    channels : sequence of ChannelSummary
        Which channels, in order.

    Returns
    -------
    Picture
        uint8 RGB, about half as wide again as high. A picture that has gone or changed is blank.

    Raises
    ------
    LayerNotFoundError
        If the layer is not in the index.
    ArgumentError
        If there is no channel.
    """
    units = [index.top(layer, one.channel)[0] for one in channels]
    of_picture = defaultdict(list)
    for place, unit in enumerate(units):
        of_picture[unit.image].append(place)

    def crop(image: str) -> dict[int, Pixels]:
        picture = _picture(index, image)
        return {place: in_cell(picture, units[place].field, _SIDE) for place in of_picture[image]}

    cells: dict[int, Pixels] = {}
    for cropped in map_ahead(crop, of_picture):
        cells |= cropped
    shown = [
        Shown(
            cells[place], Caption(str(one.channel), "dead" if one.dead else format_value(one.high))
        )
        for place, one in enumerate(channels)
    ]
    title = f"{layer}: what the strongest unit of each channel sees, and its value"
    return gallery(shown, title=title, side=_SIDE)


def draw_search(index: Index, picture: Pixels, layer: str, found: Sequence[Near]) -> Picture:
    """Draw a picture and those that are like it.

    Parameters
    ----------
    index : Index
        The index.
    picture : ndarray of uint8, (H, W, 3)
        What was searched with.
    layer : str
        Name of the layer.
    found : sequence of Near
        What `Index.nearest` gave.

    Returns
    -------
    Picture
        uint8 RGB. A picture that has gone or changed is blank.
    """
    shown = [Shown(picture, Caption("searched with", name=""))]
    for near in found:
        caption = Caption(f"{near.cosine:.3f}", name=Path(near.name).name)
        shown.append(Shown(_picture(index, near.image), caption))
    title = f"The nearest by {layer}, and the cosine"
    return gallery(shown, title=title, columns=_PICTURES_ACROSS)


def _picture(index: Index, image: str) -> Pixels | str:
    """Return a picture, or why there is none."""
    try:
        return read_picture(index, image)
    except ActiscopeError as error:
        return str(error)
