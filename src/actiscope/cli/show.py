"""``actiscope show``."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from actiscope.cli.networks import network_option, with_network
from actiscope.cli.options import (
    CHANNELS,
    EXAMPLES,
    GRID,
    SCALE,
    SIZE,
    image_argument,
    layer_option,
    load_image,
    output_option,
    size_option,
)
from actiscope.cli.printing import say
from actiscope.errors import ArgumentError
from actiscope.images import write_png
from actiscope.networks import Network
from actiscope.pictures import Scale, palette


@click.command(
    "show",
    epilog=EXAMPLES(
        "actiscope show face.jpg --layer conv1 --grid 8x8 -o conv1.png",
        "actiscope show face.jpg --layer fire6-squeeze1x1 --labels --colorbar -o fire6.png",
        "actiscope show face.jpg --layer fire6-relu_squeeze1x1 --channels 13,46 --overlay "
        "-o eyes.png",
        "actiscope show face.jpg --layer conv1 --colormap signed --colorbar -o signed.png",
    ),
)
@image_argument
@layer_option
@click.option(
    "--channels",
    type=CHANNELS,
    default="all",
    show_default=True,
    help="Which channels, from 0: 13,46 or 0-7.",
)
@click.option("--grid", type=GRID, metavar="RxC", help="Rows and columns: 6x8, 6x or x8.")
@click.option(
    "--scale",
    type=SCALE,
    help="What is scaled together: the whole 'layer', the channels 'shown', each 'channel' alone; "
    "or LO:HI, the values that become black and white. By default 'layer'; 'shown' with --overlay.",
)
@click.option(
    "--colormap",
    default=None,
    metavar="NAME",
    help="gray, viridis, signed (zero in the middle), magma, ...; by default gray, for an overlay "
    "viridis or signed.",
)
@click.option("--labels", is_flag=True, help="Put its number on each channel.")
@click.option("--colorbar", is_flag=True, help="Draw a bar with the true values.")
@click.option(
    "--overlay", is_flag=True, help="Lay each channel over the picture, where its units look."
)
@click.option("--tile", type=SIZE, metavar="HxW", help="Size of a tile, HxW or one number.")
@size_option
@network_option
@with_network
@output_option(".png")
def command(
    image: str,
    layer: str,
    channels: list[int] | None,
    grid: tuple[int | None, int | None] | None,
    scale: Scale | None,
    colormap: str | None,
    labels: bool,
    colorbar: bool,
    overlay: bool,
    tile: tuple[int, int] | None,
    size: tuple[int, int] | None,
    open_it: Callable[[], Network],
    output: Path,
) -> None:
    """Draw the channels of a layer, all or some, as one picture."""
    if output.exists() and image != "-" and Path(image).exists() and output.samefile(image):
        raise ArgumentError(f"{output} is the picture itself; name another file")
    picture = load_image(image)
    activations = open_it().activations(picture, layer, size=size)
    options: dict[str, Any] = {}
    if overlay:
        options |= {"image": picture, "geometry": activations.geometry}
    plain = not (overlay or labels or colorbar)
    drawn = activations.grid(
        channels,
        grid=grid,
        scale=scale or ("shown" if overlay else "layer"),
        colormap=colormap,
        labels=labels,
        legend=activations.layer.name if colorbar else None,
        tile_size=tile,
        indexed=plain,
        **options,
    )
    write_png(output, drawn, palette(colormap) if colormap and plain and drawn.ndim == 2 else None)
    shown = len(activations.maps if channels is None else channels)
    rows, cols = grid or (None, None)
    if rows and cols and rows * cols < shown:
        say(f"note: {rows} × {cols} tiles hold the first of {shown} channels")
    say(f"{output}: {activations.layer.name}, {drawn.shape[0]} × {drawn.shape[1]} pixels")
