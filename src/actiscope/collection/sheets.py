"""Many channels, or many pictures of an index, as one picture."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from actiscope.collection.index import Index, Near, TopUnit
from actiscope.collection.rereading import read_or_tell
from actiscope.collection.sources import OnProblem
from actiscope.collection.summaries import ChannelSummary
from actiscope.images.pixels import Pixels
from actiscope.networks.streaming import map_ahead
from actiscope.pictures import Picture
from actiscope.pictures.gallery import Caption, Shown, gallery, in_cell
from actiscope.pictures.lettering import format_value

_SIDE = 96
"""Pixels of the patch of a channel."""
_PICTURES_ACROSS = 6


def draw_channels(
    index: Index,
    layer: str,
    channels: Sequence[ChannelSummary],
    *,
    on_lost: OnProblem = lambda _name, _reason: None,
) -> Picture:
    """Draw what the strongest unit of each channel sees, side by side.

    Parameters
    ----------
    index : Index
        The index.
    layer : str
        Name of the layer.
    channels : sequence of ChannelSummary
        Which channels, in order.
    on_lost : callable
        Told the name of a picture that has gone or changed, and why it is blank.

    Returns
    -------
    Picture
        uint8 RGB, about half as wide again as high. A channel that answers to nothing is blank.

    Raises
    ------
    LayerNotFoundError
        If the layer is not in the index.
    ArgumentError
        If there is no channel.
    """
    of_picture: dict[str, dict[int, TopUnit]] = defaultdict(dict)
    for one in channels:
        for unit in index.answering(layer, one.channel)[:1]:
            of_picture[unit.image][one.channel] = unit

    def crop(units: dict[int, TopUnit]) -> dict[int, Pixels]:
        picture = read_or_tell(index, next(iter(units.values())), on_lost)
        return {channel: in_cell(picture, unit.field, _SIDE) for channel, unit in units.items()}

    cells: dict[int, Pixels | str] = {}
    for cropped in map_ahead(crop, of_picture.values()):
        cells |= cropped
    shown = [
        Shown(
            cells.get(one.channel, ""),
            Caption(str(one.channel), "dead" if one.dead else format_value(one.high)),
        )
        for one in channels
    ]
    title = f"{layer}: what the strongest unit of each channel sees, and its value"
    return gallery(shown, title=title, side=_SIDE)


def draw_search(
    index: Index,
    picture: Pixels,
    layer: str,
    found: Sequence[Near],
    *,
    on_lost: OnProblem = lambda _name, _reason: None,
) -> Picture:
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
    on_lost : callable
        Told the name of a picture that has gone or changed, and why it is blank.

    Returns
    -------
    Picture
        uint8 RGB.
    """
    shown = [Shown(picture, Caption("searched with", name=""))]
    for near in found:
        caption = Caption(f"{near.cosine:.3f}", name=Path(near.name).name)
        shown.append(Shown(read_or_tell(index, near, on_lost), caption))
    title = f"The nearest by {layer}, and the cosine"
    return gallery(shown, title=title, columns=_PICTURES_ACROSS)
