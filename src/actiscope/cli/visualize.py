"""``actiscope visualize``."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from actiscope.cli.networks import network_option, with_network
from actiscope.cli.options import CHANNELS, EXAMPLES, SIZE, json_option, layer_option, output_option
from actiscope.cli.printing import print_json, print_table, say, show_progress
from actiscope.images import write_png
from actiscope.networks import Network
from actiscope.pictures.lettering import format_value
from actiscope.pictures.visualization import visualization_grid
from actiscope.studies.visualization import OBJECTIVES, Visualization, visualize


@click.command(
    "visualize",
    epilog=EXAMPLES(
        "actiscope visualize --layer fire6-squeeze1x1 --channels 13,46 -o eyes.png",
        "actiscope visualize --layer pool10 --channels 1,340 -o goldfish-and-zebra.png",
        "actiscope visualize --network net.py:build --layer layer2.0.conv1 --channels 0-7 --json",
    ),
)
@layer_option
@click.option("--channels", type=CHANNELS, required=True, help="Such as 0-7,13, or 'all'.")
@click.option(
    "--objective",
    type=click.Choice(OBJECTIVES),
    default=OBJECTIVES[0],
    show_default=True,
    help="A picture full of what the channel answers to, or one for the unit in the middle.",
)
@click.option(
    "--steps",
    type=click.IntRange(min=1),
    default=256,
    show_default=True,
    help="Steps of the optimizer for each channel.",
)
@click.option(
    "--size",
    type=SIZE,
    metavar="HxW",
    help="Of each picture; by default twice what a unit sees, at least 64.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="What it begins with.")
@output_option(".png", text="Draw a grid.", required=False)
@json_option
@network_option
@with_network
def command(
    layer: str,
    channels: list[int] | None,
    output: Path | None,
    as_json: bool,
    open_it: Callable[[], Network],
    **options: Any,
) -> None:
    """Paint pictures that channels answer to as much as can be.

    The value is what the finished picture reaches: the channel's largest. PyTorch paints:
    `pip install 'actiscope[torch]'`.
    """
    network = open_it()
    found = visualize(network, layer, channels, on_step=show_progress("painting"), **options)
    if output is not None:
        grid = visualization_grid(
            [one.picture for one in found],
            [one.channel for one in found],
            [one.value for one in found],
        )
        write_png(output, grid)
        say(f"{output}: {grid.shape[0]} × {grid.shape[1]} pixels")
    if as_json:
        print_json({**network.describe(), "layer": layer, "channels": list(map(_as_data, found))})
        return
    rows = [
        (str(one.channel), format_value(one.value), "{}, {}".format(*one.unit),
         format_value(one.mean)) for one in found
    ]  # fmt: skip
    print_table(("channel", "reached", "at row, col", "mean"), rows, (0, 1, 2, 3))


def _as_data(one: Visualization) -> dict[str, Any]:
    return {
        "channel": one.channel,
        "value": one.value,
        "unit": list(one.unit),
        "mean": one.mean,
        "size": list(one.picture.shape[:2]),
    }
