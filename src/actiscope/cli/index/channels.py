"""``actiscope index channels``."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from actiscope.cli.index.common import (
    as_data,
    drawing_option,
    index_argument,
    layer_option,
    open_index,
    save,
)
from actiscope.cli.options import json_option
from actiscope.cli.printing import print_json, print_table, say
from actiscope.pictures.lettering import format_share, format_value

if TYPE_CHECKING:
    from actiscope.collection.summaries import ChannelSummary

_SORTS: dict[str, Callable[["ChannelSummary"], float]] = {
    "channel": lambda one: one.channel,
    "active": lambda one: -one.active,
    "above": lambda one: -one.above,
    "mean": lambda one: -one.mean,
    "deviation": lambda one: -one.deviation,
    "high": lambda one: -one.high,
}


@click.command("channels")
@index_argument
@layer_option
@click.option("--sort", type=click.Choice(list(_SORTS)), default="channel", show_default=True)
@drawing_option("Draw what the strongest unit of each channel sees.")
@json_option
def command(index: Path, layer: str, sort: str, output: Path | None, as_json: bool) -> None:
    """List all channels of a layer, and name those above zero in no picture, or in every one.

    "active" is the share of pictures in which a channel lies above zero anywhere, "above 0" the
    share of all its values. Means are exact, "median" and "99 %" within a sixteenth of themselves.
    """
    with open_index(index) as opened:
        layer = opened.layer(layer).name
        finished = opened.finished
        found = sorted(opened.channels(layer), key=_SORTS[sort])
        if output is not None:
            from actiscope.collection.sheets import draw_channels

            save(lambda tell: draw_channels(opened, layer, found, on_lost=tell), output)
    dead = sorted(one.channel for one in found if one.dead)
    always_on = sorted(one.channel for one in found if one.always_on)
    if as_json:
        channels = [as_data(one) for one in found]
        print_json(
            {
                "layer": layer,
                "finished": finished,
                "dead": dead,
                "always_on": always_on,
                "channels": channels,
            }
        )
        return
    _print_channels(found)
    for name, numbers in (
        ("dead (above zero in no picture)", dead),
        ("always on (above zero in every picture)", always_on),
    ):
        say(f"{len(numbers)} {name}" + (f": {', '.join(map(str, numbers))}" if numbers else ""))


def _print_channels(found: Sequence["ChannelSummary"]) -> None:
    print_table(
        ("channel", "active", "above 0", "mean", "deviation", "low", "median", "99 %", "high"),
        [
            (
                str(one.channel),
                "dead" if one.dead else format_share(one.active),
                format_share(one.above),
                *map(format_value, (one.mean, one.deviation, one.low)),
                *map(format_value, (one.quantiles[0.5], one.quantiles[0.99], one.high)),
            )
            for one in found
        ],
        right=range(9),
    )
