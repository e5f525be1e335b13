"""``actiscope report``."""

import sys
from collections.abc import Callable
from pathlib import Path

import click

from actiscope.cli.edits import by_name, region_option
from actiscope.cli.evidence import Exhibits, with_exhibits
from actiscope.cli.index.common import open_index
from actiscope.cli.networks import known_network_option, with_known_network
from actiscope.cli.options import EXAMPLES, SIZE, index_option, load_image, output_option
from actiscope.cli.printing import say
from actiscope.errors import ArgumentError
from actiscope.files import write_file
from actiscope.geometry import Box
from actiscope.networks import Network
from actiscope.report.explorer.evidence import as_seen
from actiscope.report.explorer.slides import Slide
from actiscope.wording import counted


@click.command(
    "report",
    epilog=EXAMPLES(
        "actiscope report face.jpg -o report.html",
        "actiscope report open.jpg closed.jpg --layers conv1 --region eye=120,72,184,136 -o x.html",
        "actiscope report --study eyes -o eyes.html",
        "actiscope report face.jpg --index photos.index -o report.html",
        "actiscope report street.jpg --network model.onnx --size 320 -o street.html",
    ),
)
@click.argument("image", metavar="[IMAGE]", required=False)
@click.argument("second", metavar="[IMAGE_B]", required=False)
@click.option(
    "--layers",
    metavar="A,B",
    help="Layers whose channels are in it, by name or index; all by default, or that of the study.",
)
@click.option(
    "--size",
    type=SIZE,
    metavar="HxW",
    help="Resize the pictures first, HxW or one number. By default what the network says, or "
    "the size that is its own.",
)
@region_option
@with_exhibits
@index_option
@known_network_option
@with_known_network
@output_option(".html")
def command(
    image: str | None,
    second: str | None,
    layers: str | None,
    size: tuple[int, int] | None,
    regions: tuple[tuple[str, Box], ...],
    exhibits: Exhibits,
    index: Path | None,
    open_it: Callable[..., Network],
    output: Path,
) -> None:
    """Write the explorer with one picture, two to compare, or a study, as one HTML file.

    It opens from the disk, without a server and without the internet: attach it to a mail or to a
    bug report. With a --region it marks it; of two pictures it then says what changed there, in
    every layer that is in it.
    """
    from actiscope.report.explorer.marking import region_changes, region_view
    from actiscope.report.explorer.offline import render_report

    if (image is None) == (exhibits.study is None):
        raise ArgumentError("give a picture, two to compare, or a --study, which has its own")
    if exhibits.study is not None and size is not None:
        raise ArgumentError("a study says at which size its pictures go in; leave out --size")
    if exhibits.study is not None and regions:
        raise ArgumentError("a study has regions of its own; leave out --region")
    marked = by_name(regions)
    opened = None if index is None else open_index(index)
    images = [each for each in (image, second) if each is not None]
    slides = exhibits.slides() or [Slide(Path(each).name, load_image(each)) for each in images]
    if len({slide.id for slide in slides}) < len(slides):
        raise ArgumentError(f"{image} and {second} show the same pixels; give one of them")
    view = region_view(marked, slides)
    network = exhibits.open_network(lambda: open_it(opened and opened.settings, index))
    evidence = exhibits.describe(network)
    study = evidence["study"]
    names = layers.split(",") if layers is not None else [study["layer"]] if study else None
    chosen = network.layers if names is None else [network.layers.find(name) for name in names]
    fed = "own" if study is None else study["size"]
    if size is not None:
        fed = f"{size[0]}x{size[1]}"
    is_told = bool(marked) and len(slides) == 2
    steps = len(slides) * len(network.layers) + is_told * len(chosen)
    with click.progressbar(length=steps, label="looking", file=sys.stderr) as bar:
        if is_told:
            told = region_changes(
                network, (slides[0], slides[1]), chosen, fed, marked, lambda: bar.update(1)
            )
            evidence["seen"] = as_seen(changes=told)
        page = render_report(
            network,
            slides,
            layers=chosen,
            size=fed,
            view=view,
            evidence=evidence,
            index=opened,
            tell=lambda: bar.update(1),
        )
    data = page.encode()
    write_file(output, data)
    say(f"{output}: {counted(len(chosen), 'layer')}, {len(data) / 1e6:.1f} MB")
