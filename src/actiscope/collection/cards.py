"""A channel's card: the patches of the pictures to which it answers most strongly."""

from pathlib import Path

import numpy as np

from actiscope.collection.histogram import heights
from actiscope.collection.index import Index, TopUnit
from actiscope.collection.rereading import read_or_tell
from actiscope.collection.sources import OnProblem
from actiscope.collection.summaries import ChannelSummary
from actiscope.networks import Network
from actiscope.pictures import Picture
from actiscope.pictures.cards import BARS, Patch, channel_card
from actiscope.pictures.gallery import Caption
from actiscope.pictures.lettering import format_share, format_value
from actiscope.wording import counted


def draw_card(
    index: Index,
    network: Network,
    layer: str,
    channel: int,
    top: int = 15,
    *,
    on_lost: OnProblem = lambda _name, _reason: None,
) -> Picture:
    """Draw a channel's card; the pictures are read again.

    Parameters
    ----------
    index : Index
        The index.
    network : Network
        The network that it was built with.
    layer : str
        Name of the layer.
    channel : int
        From 0.
    top : int
        At most how many patches; fewer if fewer units answer to something.
    on_lost : callable
        Told the name of a picture that has gone or changed, and why it is blank.

    Returns
    -------
    Picture
        uint8 RGB.

    Raises
    ------
    ArgumentError
        If the index was built with another network, or has no picture.
    LayerNotFoundError, ChannelError
        If there is no such layer or channel.
    """
    index.check_network(network)
    summary = index.channel(layer, channel)
    patches = [
        _patch(index, network, layer, channel, unit, on_lost)
        for unit in index.answering(layer, channel)[:top]
    ]
    return channel_card(
        patches,
        title=f"{layer}, channel {channel}",
        lines=_describe(summary, finished=index.finished),
        values=(summary.low, summary.high),
        histogram=heights(index.histogram(layer, channel), summary.low, summary.high, BARS),
    )


def say_active(summary: ChannelSummary) -> str:
    """Say in how many pictures a channel is active."""
    if summary.dead:
        return "never above zero: dead"
    return (
        "active in all: always on"
        if summary.always_on
        else f"active in {format_share(summary.active)}"
    )


def _patch(
    index: Index, network: Network, layer: str, channel: int, unit: TopUnit, on_lost: OnProblem
) -> Patch:
    caption = Caption(format_value(unit.value), f"at {unit.row}, {unit.col}", Path(unit.name).name)
    image = read_or_tell(index, unit, on_lost)
    if isinstance(image, str):
        return Patch(image, unit.field, None, None, caption)
    answer = network.activations(image, layer, size=index.settings.size)
    geometry = None if answer.geometry.is_global else answer.geometry
    return Patch(image, unit.field, np.asarray(answer.channel(channel)), geometry, caption)


def _describe(summary: ChannelSummary, *, finished: bool) -> list[str]:
    shares = (0.05, 0.5, 0.95, 0.99)
    values = ", ".join(
        f"{round(100 * share)} %: {format_value(summary.quantiles[share])}" for share in shares
    )
    pictures = counted(summary.images, "picture") + ("" if finished else " so far")
    return [
        f"{pictures}, {say_active(summary)}; "
        f"{format_share(summary.above)} of {summary.units:,} values above zero",
        f"mean {format_value(summary.mean)}, deviation {format_value(summary.deviation)}, "
        f"{format_value(summary.low)} to {format_value(summary.high)}",
        f"quantiles, within a sixteenth of themselves:  {values}",
    ]
