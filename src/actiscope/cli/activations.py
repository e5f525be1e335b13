"""``actiscope activations``."""

import json
from pathlib import Path

import click
import numpy as np

from actiscope.activations import write_npz
from actiscope.cli.options import (
    EXAMPLES,
    LAYER,
    image_argument,
    load_image,
    network_option,
    output_option,
    size_option,
)
from actiscope.cli.printing import say
from actiscope.layers import format_size
from actiscope.networks import open_network


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
    type=LAYER,
    multiple=True,
    required=True,
    help="Name of a layer, or its index from 0. May be given several times.",
)
@size_option
@network_option
@output_option(".npz")
def command(
    image: str,
    layers: tuple[str | int, ...],
    size: tuple[int, int] | None,
    network: str,
    output: Path,
) -> None:
    """Write the values of layers to an .npz file.

    Each layer is an array (C, H, W) under its name; the entry `meta` is JSON text with names,
    shapes, geometry, image and network.
    """
    opened = open_network(network)
    found = opened.activations(load_image(image), list(layers), size=size)
    first = next(iter(found.values()))
    meta = {
        "network": opened.name,
        "preparation": {"mean": opened.preparation.mean, "source": opened.preparation.source},
        "image": {"path": image, "size": list(first.image_size)},
        "input_size": list(first.input_size),
        "layers": {name: activations.describe() for name, activations in found.items()},
    }
    arrays = {name: activations.values for name, activations in found.items()}
    write_npz(output, {**arrays, "meta": np.array(json.dumps(meta))})
    for name, activations in found.items():
        say(f"{output}: {name}, {format_size(activations.shape)}")
