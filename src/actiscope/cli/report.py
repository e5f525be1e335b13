"""``actiscope report``."""

import sys
from collections.abc import Callable
from pathlib import Path

import click

from actiscope.cli.networks import known_network_option, with_known_network
from actiscope.cli.options import EXAMPLES, SIZE, index_option, load_image, output_option
from actiscope.cli.printing import say
from actiscope.errors import ArgumentError
from actiscope.files import write_file
from actiscope.networks import Network
from actiscope.report.explorer.slides import Slide


@click.command(
    "report",
    epilog=EXAMPLES(
        "actiscope report face.jpg -o report.html",
        "actiscope report face.jpg face-eye-closed.jpg --layers conv1,fire6-relu_squeeze1x1 "
        "-o eyes.html",
        "actiscope report face.jpg --index photos.index -o report.html",
        "actiscope report street.jpg --network model.onnx --size 320 -o street.html",
    ),
)
@click.argument("image", metavar="IMAGE")
@click.argument("second", metavar="[IMAGE_B]", required=False)
@click.option(
    "--layers",
    metavar="A,B",
    help="Layers whose channels are in it, by name or index; all by default.",
)
@click.option(
    "--size",
    type=SIZE,
    metavar="HxW",
    help="Resize the pictures first, HxW or one number. By default what the network says, or was "
    "trained on.",
)
@index_option
@known_network_option
@with_known_network
@output_option(".html")
def command(
    image: str,
    second: str | None,
    layers: str | None,
    size: tuple[int, int] | None,
    index: Path | None,
    open_it: Callable[..., Network],
    output: Path,
) -> None:
    """Write the explorer with one picture, or two to compare, as one HTML file.

    It opens from the disk, without a server and without the internet: attach it to a mail or to a
    bug report.
    """
    from actiscope.collection.index import Index
    from actiscope.report.explorer.offline import render_report

    opened = None if index is None else Index(index)
    images = [image] if second is None else [image, second]
    slides = [Slide(Path(each).name, load_image(each)) for each in images]
    if len({slide.id for slide in slides}) < len(slides):
        raise ArgumentError(f"{image} and {second} show the same pixels; give one of them")
    network = open_it(opened and opened.settings, index)
    chosen = None if layers is None else [network.layers.find(name) for name in layers.split(",")]
    with click.progressbar(
        length=len(slides) * len(network.layers), label="looking", file=sys.stderr
    ) as bar:
        page = render_report(
            network,
            slides,
            layers=chosen,
            size="own" if size is None else f"{size[0]}x{size[1]}",
            index=opened,
            tell=lambda: bar.update(1),
        )
    data = page.encode()
    write_file(output, data)
    say(f"{output}: {len(chosen or network.layers)} layers, {len(data) / 1e6:.1f} MB")
