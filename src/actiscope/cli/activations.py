"""``actiscope activations``."""

from collections.abc import Callable
from pathlib import Path

import click

from actiscope.activations import as_arrays, write_npz
from actiscope.cli.networks import network_option, with_network
from actiscope.cli.options import (
    EXAMPLES,
    image_argument,
    load_image,
    output_option,
    size_option,
)
from actiscope.cli.printing import say
from actiscope.layers import format_size
from actiscope.networks import Network


@click.command(
    "activations",
    epilog=EXAMPLES(
        "actiscope activations face.jpg --layer conv1 -o conv1.npz",
        "actiscope activations face.jpg --layer conv1 --layer prob --size 227 -o both.npz",
        "python -c \"import numpy; print(numpy.load('conv1.npz')['conv1'].shape)\"",
    ),
)
@image_argument
@click.option(
    "--layer",
    "layers",
    metavar="LAYER",
    multiple=True,
    required=True,
    help="Name of a layer, or its index from 0. May be given several times.",
)
@size_option
@network_option
@with_network
@output_option(".npz")
def command(
    image: str,
    layers: tuple[str, ...],
    size: tuple[int, int] | None,
    open_it: Callable[[], Network],
    output: Path,
) -> None:
    """Write the values of layers to an .npz file.

    Each layer is an array (C, H, W) under its name; the entry `meta` is JSON text with names,
    shapes, geometry, image and network.
    """
    opened = open_it()
    found = opened.activations(load_image(image), list(layers), size=size)
    first = next(iter(found.values()))
    about = {**opened.describe(), "image": {"path": image, "size": list(first.image_size)}}
    write_npz(output, as_arrays(found, about))
    for name, activations in found.items():
        say(f"{output}: {name}, {format_size(activations.shape)}")
