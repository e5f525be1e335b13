"""``actiscope occlude``."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
import numpy as np

from actiscope.cli.networks import network_option, with_network
from actiscope.cli.options import (
    EXAMPLES,
    SIZE,
    image_argument,
    json_option,
    load_image,
    size_option,
)
from actiscope.cli.printing import print_json, print_table, say, show_progress
from actiscope.cli.targets import find_target, output_layer, target_options
from actiscope.images import write_png
from actiscope.networks import Network
from actiscope.pictures.lettering import format_percent
from actiscope.pictures.occlusion import occlusion_picture
from actiscope.studies.occlusion import FILLS, Fill, Occlusion, occlude


@click.command(
    "occlude",
    epilog=EXAMPLES(
        "actiscope occlude face.jpg --layer fire6-squeeze1x1 --channel 13 --unit 5,8 -o eye.png",
        "actiscope occlude espresso.jpg --class espresso --fill grey --fill inpaint -o why.png",
    ),
)
@image_argument
@target_options
@click.option("--window", type=SIZE, metavar="HxW", help="What is covered at a time, in pixels.")
@click.option("--stride", type=SIZE, metavar="HxW", help="How far the window moves, in pixels.")
@click.option(
    "--fill",
    "fills",
    type=click.Choice(FILLS),
    multiple=True,
    help="What covers it; several are compared. By default all.",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE.png", help="Draw the maps."
)
@size_option
@json_option
@network_option
@with_network
def command(
    image: str,
    layer: str | None,
    channel: int | None,
    class_: str | None,
    fills: tuple[Fill, ...],
    output: Path | None,
    size: tuple[int, int] | None,
    as_json: bool,
    open_it: Callable[[], Network],
    **options: Any,
) -> None:
    """Cover a picture part by part, and see which parts a channel, a unit or a class needs.

    What covers a part is itself something new to the network, so the fills are compared: grey (the
    colour that the network takes for nothing), blur, and inpaint (what is around it).
    """
    picture = load_image(image)
    network = open_it()
    target = find_target(network, layer, channel, class_, output_layer)
    found = {
        fill: occlude(
            network,
            picture,
            *target,
            fill=fill,
            size=size,
            on_run=show_progress(f"covering with {fill}"),
            **options,
        )
        for fill in fills or FILLS
    }
    if output is not None:
        drawn = occlusion_picture(
            picture,
            {name: one.drops for name, one in found.items()},
            next(iter(found.values())).geometry,
        )
        write_png(output, drawn)
        say(f"{output}: {drawn.shape[0]} × {drawn.shape[1]} pixels")
    if as_json:
        print_json(
            {
                **network.describe(),
                "layer": str(target[0]),
                "channel": target[1],
                "fills": {name: _as_data(one) for name, one in found.items()},
            }
        )
        return
    _print(found)


def _as_data(one: Occlusion) -> dict[str, Any]:
    return {
        "value": one.value,
        "unit": list(one.unit),
        "window": list(one.window),
        "runs": one.runs,
        "geometry": one.geometry.describe(),
        "drops": one.drops.tolist(),
    }


def _print(found: Mapping[Fill, Occlusion]) -> None:
    first = next(iter(found.values()))
    print(
        f"value {first.value:.6g} at row {first.unit[0]}, column {first.unit[1]}; windows of "
        f"{first.window[0]} × {first.window[1]} pixels, {first.drops.size} places"
    )
    rows = []
    for name, one in found.items():
        row, col = np.unravel_index(one.drops.argmax(), one.drops.shape)
        y, x = one.geometry.centre(int(row), int(col))
        share = format_percent(-100 * one.drops.max() / one.value if one.value else None)
        rows.append((name, f"{one.drops.max():.6g}", share, f"{y:.0f}, {x:.0f}"))
    print_table(("fill", "largest drop", "of the value", "around pixel (row, col)"), rows, (1, 2))
