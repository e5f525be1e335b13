"""``actiscope index search``."""

from collections.abc import Callable
from pathlib import Path

import click
import numpy as np

from actiscope.cli.index.common import (
    drawing_option,
    index_argument,
    layer_option,
    open_index,
    save,
)
from actiscope.cli.networks import known_network_option, with_known_network
from actiscope.cli.options import image_argument, json_option, load_image
from actiscope.cli.printing import print_json, print_table
from actiscope.networks import Network


@click.command("search")
@index_argument
@image_argument
@layer_option
@click.option("--top", type=click.IntRange(min=1), default=10, show_default=True, help="How many.")
@drawing_option("Draw the picture and those found.")
@known_network_option
@with_known_network
@json_option
def command(
    index: Path,
    image: str,
    layer: str,
    top: int,
    output: Path | None,
    open_it: Callable[..., Network],
    as_json: bool,
) -> None:
    """Find the pictures whose mean activations in a layer are most like those of IMAGE."""
    with open_index(index) as opened:
        layer = opened.layer(layer).name
        network = open_it(opened.settings, index)
        opened.check_network(network)
        pixels = load_image(image)
        answer = network.activations(pixels, layer, size=opened.settings.size)
        found = opened.nearest(layer, np.asarray(answer.maps), top)
        if output is not None:
            from actiscope.collection.sheets import draw_search

            save(lambda tell: draw_search(opened, pixels, layer, found, on_lost=tell), output)
    if as_json:
        print_json([{"name": near.name, "cosine": near.cosine} for near in found])
    else:
        print_table(
            ("cosine", "picture"), [(f"{near.cosine:.4f}", near.name) for near in found], right=(0,)
        )
