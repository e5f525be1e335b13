"""Cards of channels as plain data, for a page."""

import base64
from pathlib import PurePath
from typing import Any

import numpy as np

from actiscope.collection.histogram import heights
from actiscope.collection.index import Index, TopUnit
from actiscope.collection.patches import Patch, Wanted, cut_patches
from actiscope.collection.rereading import read_picture
from actiscope.collection.summaries import ChannelSummary
from actiscope.errors import ActiscopeError, one_line
from actiscope.images.reading import MAX_PIXELS
from actiscope.networks import Network

_BARS = 60


def describe_index(index: Index, network: Network) -> dict[str, Any]:
    """Return what an explorer has to know of an index.

    Parameters
    ----------
    index : Index
        The index.
    network : Network
        The network that it was built with.

    Returns
    -------
    dict
        `images`, how many; `finished`, as `Index` says; `layers`, their indices in the network;
        `size`, what pictures were brought to, as the explorer names it; all of it fit for JSON.
    """
    size = index.settings.size
    own = size is None or (size == network.input_size and network.preparation.size is None)
    return {
        "images": index.images,
        "finished": index.finished,
        "layers": [network.layers.find(layer.name).index for layer in index.settings.layers],
        "size": "own" if own or size is None else f"{size[0]}x{size[1]}",
    }


def describe_brief(summary: ChannelSummary) -> dict[str, Any]:
    """Return what channels can be sorted by, fit for JSON."""
    return {"active": summary.active, "dead": summary.dead, "always_on": summary.always_on}


def describe_channel(index: Index, layer: str, summary: ChannelSummary) -> dict[str, Any]:
    """Return what an index says of a channel.

    Parameters
    ----------
    index : Index
        The index.
    layer : str
        Name of the layer.
    summary : ChannelSummary
        Of the channel.

    Returns
    -------
    dict
        Its statistics, and `bars`: heights of a histogram, 0-1; all of it fit for JSON.
    """
    low, high = summary.low, summary.high
    bars = heights(index.histogram(layer, summary.channel), low, high, _BARS)
    return {
        "channel": summary.channel,
        "images": summary.images,
        "units": summary.units,
        "active": summary.active,
        "above": summary.above,
        "dead": summary.dead,
        "always_on": summary.always_on,
        "mean": summary.mean,
        "deviation": summary.deviation,
        "low": low,
        "high": high,
        "quantiles": list(summary.quantiles.items()),
        "bars": [round(float(height), 3) for height in bars],
    }


def describe_patch(
    unit: TopUnit, patch: Patch, size: tuple[int, int], high: float
) -> dict[str, Any]:
    """Return what is shown of a unit.

    Parameters
    ----------
    unit : TopUnit
        The unit.
    patch : Patch
        What it sees.
    size : (int, int)
        Height and width of its picture.
    high : float
        The largest value of its channel in the index.

    Returns
    -------
    dict
        Where it is, boxes in pixels of the picture (top, left, bottom, right), and `levels`, base64
        of uint8: the values, of which zero and less is 0 and `high` is 255; None if there are none.
        All of it fit for JSON.
    """
    levels = None
    if patch.values is not None and high > 0:
        levels = np.rint(255 * np.clip(patch.values / high, 0, 1)).astype(np.uint8)
    return {
        **_describe_unit(unit),
        "size": list(size),
        "field": [round(edge, 1) for edge in unit.field],
        "part": list(patch.part),
        "place": [round(edge, 1) for edge in patch.place],
        "shape": None if levels is None else list(levels.shape),
        "levels": None if levels is None else base64.b64encode(levels.tobytes()).decode(),
        "trouble": None,
    }


def describe_lost(unit: TopUnit, reason: str) -> dict[str, Any]:
    """Return what is still known of a unit whose picture cannot be shown any more, and why."""
    return {**_describe_unit(unit), "trouble": reason}


def describe_card(
    index: Index,
    network: Network,
    layer: str,
    summary: ChannelSummary,
    top: int,
    most_pixels: int = MAX_PIXELS,
) -> dict[str, Any]:
    """Return a channel's card; its pictures are read again, and run.

    Parameters
    ----------
    index : Index
        The index.
    network : Network
        The network that it was built with.
    layer : str
        Name of the layer.
    summary : ChannelSummary
        Of the channel.
    top : int
        At most how many patches.
    most_pixels : int
        A picture with more is not shown.

    Returns
    -------
    dict
        `describe_channel`, and under `patches` what `describe_patch` or `describe_lost` gives.
    """
    patches = []
    for unit in index.answering(layer, summary.channel)[:top]:
        try:
            picture = read_picture(index, unit.image, most_pixels)
            (patch,) = cut_patches(index, network, picture, [Wanted(layer, summary.channel, unit)])
        except ActiscopeError as error:
            patches.append(describe_lost(unit, one_line(error)))
        else:
            size = picture.shape[0], picture.shape[1]
            patches.append(describe_patch(unit, patch, size, summary.high))
    return {**describe_channel(index, layer, summary), "patches": patches}


def _describe_unit(unit: TopUnit) -> dict[str, Any]:
    return {
        "value": unit.value,
        "image": unit.image,
        "name": PurePath(unit.name).name,
        "row": unit.row,
        "col": unit.col,
    }
