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
from actiscope.pictures.gallery import Shown, gallery, in_cell
from actiscope.pictures.lettering import format_value

_CHANNELS_ACROSS = 12
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
        uint8 RGB. A picture that has gone or changed is blank.

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
        try:
            picture = read_picture(index, image)
        except ActiscopeError:
            return {}
        return {place: in_cell(picture, units[place].field) for place in of_picture[image]}

    cells: dict[int, Pixels] = {}
    for cropped in map_ahead(crop, of_picture):
        cells |= cropped
    shown = [
        Shown(cells.get(place), (str(one.channel), "dead" if one.dead else format_value(one.high)))
        for place, one in enumerate(channels)
    ]
    return gallery(
        shown,
        title=f"{layer}: what the strongest unit of each channel sees, and its value",
        columns=_CHANNELS_ACROSS,
    )


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
    shown = [Shown(picture, ("searched with", ""))]
    for near in found:
        try:
            pixels = read_picture(index, near.image)
        except ActiscopeError:
            pixels = None
        shown.append(Shown(pixels, (f"{near.cosine:.3f}", Path(near.name).name)))
    title = f"The nearest by {layer}, and the cosine"
    return gallery(shown, title=title, columns=_PICTURES_ACROSS)
