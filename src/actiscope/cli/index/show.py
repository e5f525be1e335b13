"""``actiscope index show``."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import click

from actiscope.cli.index.common import (
    as_data,
    drawing_option,
    index_argument,
    layer_option,
    open_index,
    save,
)
from actiscope.cli.networks import known_network_option, with_known_network
from actiscope.cli.options import json_option
from actiscope.cli.printing import print_json, print_table
from actiscope.networks import Network
from actiscope.pictures.cards import NOTHING
from actiscope.pictures.lettering import format_value
from actiscope.wording import counted


@click.command("show")
@index_argument
@layer_option
@click.option("--channel", type=click.IntRange(min=0), required=True, help="From 0.")
@drawing_option("Draw the card.")
@click.option(
    "--patches", type=click.IntRange(min=1), default=15, show_default=True,
    help="At most how many are drawn.",
)  # fmt: skip
@known_network_option
@with_known_network
@json_option
def command(
    index: Path,
    layer: str,
    channel: int,
    output: Path | None,
    patches: int,
    open_it: Callable[..., Network],
    as_json: bool,
) -> None:
    """Show a channel's card: the parts of pictures to which it answers most strongly.

    Each patch is what the unit can see, and below it the activation over it. Drawing needs the
    network with which the index was built, and the pictures where they were. Zeros, where a ReLU
    lets nothing pass, are left out, but not by --json.
    """
    from actiscope.collection.cards import draw_card, say_active

    with open_index(index) as opened:
        layer = opened.layer(layer).name
        summary, finished = opened.channel(layer, channel), opened.finished
        units = (opened.top if as_json else opened.answering)(layer, channel)
        if output is not None:
            network = open_it(opened.settings, index)
            save(
                lambda tell: draw_card(opened, network, layer, channel, patches, on_lost=tell),
                output,
            )
    if as_json:
        top = [{**asdict(unit), "field": unit.field._asdict()} for unit in units]
        print_json({"layer": layer, "finished": finished, **as_data(summary), "top": top})
    else:
        pictures = counted(summary.images, "picture")
        print(f"{layer}, channel {channel}: {pictures}, {say_active(summary)}")
        rows = [(format_value(unit.value), f"{unit.row}, {unit.col}", unit.name) for unit in units]
        if rows:
            print_table(("value", "at row, col", "picture"), rows, right=(0,))
        else:
            print(NOTHING)
