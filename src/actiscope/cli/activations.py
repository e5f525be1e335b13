"""``actiscope activations``."""

from collections.abc import Callable
from pathlib import Path

import click

from actiscope.activations import as_arrays, write_npz
from actiscope.cli.networks import network_option, with_network
from actiscope.cli.options import (
    CHANNELS,
    EXAMPLES,
    image_argument,
    load_image,
    output_option,
    size_option,
)
from actiscope.cli.printing import say, show_progress
from actiscope.errors import ArgumentError
from actiscope.layers import format_size
from actiscope.networks import Network
from actiscope.networks.network import MEMORY_OF_A_PART
from actiscope.wording import counted

_MIB = 2**20


@click.command(
    "activations",
    epilog=EXAMPLES(
        "actiscope activations face.jpg --layer conv1 -o conv1.npz",
        "actiscope activations face.jpg --layer conv1 --layer prob --size 227 -o both.npz",
        "python -c \"import numpy; print(numpy.load('conv1.npz')['conv1'].shape)\"",
        "actiscope activations slide.tif --layer fire6-squeeze1x1 -o slide.zarr",
        "actiscope activations slide.tif --layer conv1 --channels 13,46 --memory 64 -o two.zarr",
        "python -c \"import zarr; print(zarr.open_array('slide.zarr')[13].max())\"",
    ),
)
@image_argument
@click.option(
    "--layer",
    "layers",
    metavar="LAYER",
    multiple=True,
    required=True,
    help="Name of a layer, or its index from 0. May be given several times for .npz.",
)
@size_option
@click.option(
    "--channels", type=CHANNELS, default="all", show_default=True, metavar="LIST",
    help="For .zarr: such as 13,46 or 0-7, from 0.",
)  # fmt: skip
@click.option(
    "--memory", type=click.IntRange(min=1), default=MEMORY_OF_A_PART // _MIB, show_default=True,
    metavar="MIB", help="For .zarr: what a part of the picture may take.",
)  # fmt: skip
@network_option
@with_network
@output_option(".npz", ".zarr")
def command(
    image: str,
    layers: tuple[str, ...],
    size: tuple[int, int] | None,
    channels: list[int] | None,
    memory: int,
    open_it: Callable[[], Network],
    output: Path,
) -> None:
    """Write the values of layers to an .npz file, or those of one to a .zarr array.

    .npz: each layer is an array (C, H, W) under its name; the entry `meta` is JSON text with names,
    shapes, geometry, image and network.

    .zarr: for pictures larger than memory (`pip install 'actiscope[large]'`). The picture is taken
    at its own size and goes through the network part by part, with as much around each part as the
    layer's units see: the values are those of the whole picture. Of TIFF files in tiles or strips
    only a part is in memory. All that comes before the layer has to be local; global pooling,
    fully connected layers and attention are not.
    """
    if output.suffix.lower() == ".zarr":
        if len(layers) > 1 or size is not None:
            raise ArgumentError(
                "a .zarr array holds one layer of a picture at its own size: one --layer, no --size"
            )
        _write_parts(open_it(), image, layers[0], channels, memory * _MIB, output)
        return
    opened = open_it()
    found = opened.activations(load_image(image), list(layers), size=size)
    first = next(iter(found.values()))
    about = {**opened.describe(), "image": {"path": image, "size": list(first.image_size)}}
    write_npz(output, as_arrays(found, about))
    for name, activations in found.items():
        say(f"{output}: {name}, {format_size(activations.shape)}")


def _write_parts(
    network: Network,
    image: str,
    layer: str,
    channels: list[int] | None,
    memory: int,
    output: Path,
) -> None:
    from actiscope.networks.parts.writing import write_zarr

    if network.preparation.size is not None:
        say(f"note: {network.name} resizes pictures elsewhere; in parts they keep their own size")
    source = load_image(image) if image == "-" else image
    parts = network.in_parts(source, layer, memory=memory)
    shape = write_zarr(
        parts, output, channels=channels, image=image, on_progress=show_progress(parts.layer.name)
    )
    say(f"{output}: {parts.layer.name}, {format_size(shape)}, in {counted(len(parts), 'part')}")
    if len(parts) > 1:
        found = f"within {parts.seam:.1g} of the largest value" if parts.seam else "bit for bit"
        say(f"where parts meet, their values agree {found}")
