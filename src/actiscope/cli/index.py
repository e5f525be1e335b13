"""``actiscope index``."""

import io
import re
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from actiscope.cli.networks import known_network_option, with_known_network
from actiscope.cli.options import (
    EXAMPLES,
    SIZE,
    image_argument,
    json_option,
    load_image,
    output_option,
)
from actiscope.cli.printing import (
    print_json,
    print_table,
    say,
    say_failures,
    show_building,
    show_progress,
)
from actiscope.errors import ArgumentError
from actiscope.files import write_file
from actiscope.networks import Network
from actiscope.pictures import Picture
from actiscope.pictures.lettering import format_value

if TYPE_CHECKING:
    from actiscope.collection.index import ChannelSummary, Index
    from actiscope.collection.runners import Runner

_SORTS: dict[str, Callable[["ChannelSummary"], float]] = {
    "channel": lambda one: one.channel,
    "active": lambda one: -one.active,
    "above": lambda one: -one.above,
    "mean": lambda one: -one.mean,
    "deviation": lambda one: -one.deviation,
    "high": lambda one: -one.high,
}

Command = Callable[..., None]


def _drawing_option(text: str) -> Callable[[Command], Command]:
    return click.option(
        "-o", "--output", type=click.Path(path_type=Path), metavar="FILE.png", help=text
    )


layer_option = click.option(
    "--layer", metavar="LAYER", required=True, help="Name of a layer that is in the index."
)
index_argument = click.argument("index", metavar="FILE", type=click.Path(path_type=Path))


@click.group(
    "index",
    epilog=EXAMPLES(
        "actiscope index build photos --layers fire6-squeeze1x1,fire9-concat -o photos.index",
        "actiscope index channels photos.index --layer fire9-concat --sort active",
        "actiscope index channels photos.index --layer fire9-concat -o channels.png",
        "actiscope index show photos.index --layer fire9-concat --channel 430 -o card.png",
        "actiscope index report photos.index -o page.html",
        "actiscope index search photos.index face.jpg --layer fire9-concat",
    ),
)
def command() -> None:
    """Find out what channels answer to over a collection of pictures."""


@command.command(
    "build",
    epilog=EXAMPLES(
        "actiscope index build photos --layers fire9-concat -o photos.index",
        "actiscope index build 'shards/*.tar' --network model.onnx --layers conv -o all.index",
        "actiscope index build 's3://bucket/shards/*.tar.gz' --layers fire9-concat -o all.index",
        "actiscope index build photos --layers conv --engine ray --address auto -o photos.index",
    ),
)
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@click.option(
    "--layers", metavar="L,M|conv|all",
    help="Names of layers, all convolutions (the default), or all layers.",
)  # fmt: skip
@click.option(
    "--top", type=click.IntRange(min=1),
    help="How many of the strongest units are kept for each channel; 25 by default.",
)  # fmt: skip
@click.option(
    "--per-image", type=click.IntRange(min=1),
    help="At most how many of them are of one picture; 1 by default.",
)  # fmt: skip
@click.option(
    "--size", type=SIZE, metavar="HxW",
    help="Resize pictures to this; by default to what the network was trained on.",
)  # fmt: skip
@click.option(
    "-o", "--output", required=True, metavar="FILE", type=click.Path(path_type=Path),
    help="The index; one that is there goes on where it was.",
)  # fmt: skip
@click.option(
    "--engine", type=click.Choice(["local", "ray"]), default="local", show_default=True,
    help="What does the work: threads, or actors of Ray, here or on other machines, too.",
)  # fmt: skip
@click.option(
    "--workers", type=click.IntRange(min=1), metavar="N",
    help="How many threads or actors; one a core by default.",
)  # fmt: skip
@click.option(
    "--address", metavar="HOST:PORT|auto",
    help="The Ray cluster; by default Ray runs on this machine alone, and ends with the build.",
)  # fmt: skip
@known_network_option
@with_known_network
@json_option
def build_command(
    sources: tuple[str, ...],
    layers: str | None,
    top: int | None,
    per_image: int | None,
    size: tuple[int, int] | None,
    output: Path,
    engine: str,
    workers: int | None,
    address: str | None,
    open_it: Callable[..., Network],
    as_json: bool,
) -> None:
    """Run a network on all pictures of the sources.

    SOURCE is a folder, with all below it; a glob, in quotes; a list of files and URLs, *.txt; a tar
    file of pictures, packed or not; a picture; or the URL of one of these, as fsspec reads them
    (`pip install 'actiscope[fsspec]'`). What cannot be read is told, and stops nothing. Build again
    to go on after a stop, or to add new pictures: the index knows its network, layers and sizes. It
    does not depend on what does the work.
    """
    from actiscope.collection.build import build
    from actiscope.collection.store import find_settings

    chosen = layers if layers in (None, "conv", "all") else _names(layers)
    with redirect_stdout(io.StringIO()):  # where Ray tells of processes that it begins again
        done = build(
            open_it(find_settings(output), output), sources, output, chosen,
            size=size, top=top, per_image=per_image,
            runner=_runner(engine, workers, address), on_progress=show_building(),
        )  # fmt: skip
    with _open(output) as index:
        images, failures = index.images, index.failures
        if as_json:
            summary = {**asdict(done), "images": images, "digest": index.store.digest()}
            print_json({**summary, "failures": failures})
            return
    say(
        f"{output}: {images:,} pictures; {done.added:,} new, {done.known:,} known, "
        f"{done.copies:,} copies, {done.failed:,} failed; {done.rate:.0f} a second"
    )
    say_failures(failures)


@command.command("channels")
@index_argument
@layer_option
@click.option("--sort", type=click.Choice(list(_SORTS)), default="channel", show_default=True)
@_drawing_option("Draw what the strongest unit of each channel sees.")
@json_option
def channels_command(
    index: Path, layer: str, sort: str, output: Path | None, as_json: bool
) -> None:
    """List all channels of a layer, and name those above zero in no picture, or in every one."""
    with _open(index) as opened:
        found = sorted(opened.channels(layer), key=_SORTS[sort])
        if output is not None:
            from actiscope.collection.sheets import draw_channels

            _save(draw_channels(opened, layer, found), output)
    dead = sorted(one.channel for one in found if one.dead)
    always_on = sorted(one.channel for one in found if one.always_on)
    if as_json:
        channels = [_as_data(one) for one in found]
        print_json({"layer": layer, "dead": dead, "always_on": always_on, "channels": channels})
        return
    if output is None:
        _print_channels(found)
    for name, numbers in (("dead", dead), ("always on", always_on)):
        say(f"{len(numbers)} {name}" + (f": {', '.join(map(str, numbers))}" if numbers else ""))


def _print_channels(found: Sequence["ChannelSummary"]) -> None:
    print_table(
        ("channel", "active", "above 0", "mean", "deviation", "low", "median", "99 %", "high"),
        [
            (
                str(one.channel),
                "dead" if one.dead else f"{one.active:.1%}",
                f"{one.above:.1%}",
                *map(format_value, (one.mean, one.deviation, one.low)),
                *map(format_value, (one.quantiles[0.5], one.quantiles[0.99], one.high)),
            )
            for one in found
        ],
        right=range(9),
    )


@command.command("show")
@index_argument
@layer_option
@click.option("--channel", type=click.IntRange(min=0), required=True, help="From 0.")
@_drawing_option("Draw the card.")
@click.option(
    "--patches", type=click.IntRange(min=1), default=15, show_default=True,
    help="At most how many are drawn.",
)  # fmt: skip
@known_network_option
@with_known_network
@json_option
def show_command(
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
    network with which the index was built, and the pictures where they were.
    """
    from actiscope.collection.cards import draw_card, say_active

    with _open(index) as opened:
        summary, top = opened.channel(layer, channel), opened.top(layer, channel)
        if output is not None:
            _save(
                draw_card(opened, open_it(opened.settings, index), layer, channel, patches), output
            )
    if as_json:
        units = [{**asdict(unit), "field": unit.field._asdict()} for unit in top]
        print_json({"layer": layer, **_as_data(summary), "top": units})
    elif output is None:
        print(f"{layer}, channel {channel}: {summary.images:,} pictures, {say_active(summary)}")
        print_table(
            ("value", "at row, col", "picture"),
            [(format_value(unit.value), f"{unit.row}, {unit.col}", unit.name) for unit in top],
            right=(0,),
        )


@command.command(
    "report",
    epilog=EXAMPLES(
        "actiscope index report photos.index -o page.html",
        "actiscope index report photos.index --layers fire9-concat -o page.html",
    ),
)
@index_argument
@click.option("--layers", metavar="L,M", help="Names of layers; all of the index by default.")
@output_option(".html")
@known_network_option
@with_known_network
def report_command(
    index: Path, layers: str | None, output: Path, open_it: Callable[..., Network]
) -> None:
    """Write the cards of all channels as one HTML page.

    It opens from the disk, without a server and without the internet. A picture is in it once,
    small, however many channels show it. It needs the network with which the index was built, and
    the pictures where they were: the patches of a picture that has gone or changed are blank.
    """
    from actiscope.report.cards.page import render_index

    with _open(index) as opened:
        names = None if layers is None else _names(layers)
        network = open_it(opened.settings, index)
        page = render_index(opened, network, names, tell=show_progress("looking")).encode()
    write_file(output, page)
    say(f"{output}: {len(page) / 1e6:.1f} MB")


@command.command("search")
@index_argument
@image_argument
@layer_option
@click.option("--top", type=click.IntRange(min=1), default=10, show_default=True, help="How many.")
@_drawing_option("Draw the picture and those found.")
@known_network_option
@with_known_network
@json_option
def search_command(
    index: Path,
    image: str,
    layer: str,
    top: int,
    output: Path | None,
    open_it: Callable[..., Network],
    as_json: bool,
) -> None:
    """Find the pictures whose mean activations in a layer are most like those of IMAGE."""
    from actiscope.collection.cards import check_network

    with _open(index) as opened:
        opened.layer(layer)
        network = open_it(opened.settings, index)
        check_network(opened, network)
        pixels = load_image(image)
        answer = network.activations(pixels, layer, size=opened.settings.size)
        found = opened.nearest(layer, np.asarray(answer.maps), top)
        if output is not None:
            from actiscope.collection.sheets import draw_search

            _save(draw_search(opened, pixels, layer, found), output)
    if as_json:
        print_json([{"name": near.name, "cosine": near.cosine} for near in found])
    elif output is None:
        print_table(
            ("cosine", "picture"), [(f"{near.cosine:.4f}", near.name) for near in found], right=(0,)
        )


def _runner(engine: str, workers: int | None, address: str | None) -> "Runner":
    if engine == "ray":
        from actiscope.collection.runners.ray import RayRunner

        return RayRunner(workers, address)
    if address is not None:
        raise ArgumentError("--address is that of a Ray cluster: --engine ray")
    from actiscope.collection.runners.local import LocalRunner

    return LocalRunner(workers)


def _names(text: str) -> list[str]:
    return re.split(r"\s*,\s*", text.strip())


def _open(path: Path) -> "Index":
    from actiscope.collection.index import Index

    return Index(path)


def _save(drawn: Picture, output: Path) -> None:
    drawn.save(output)
    say(f"{output}: {drawn.shape[0]} × {drawn.shape[1]} pixels")


def _as_data(one: "ChannelSummary") -> dict[str, Any]:
    return {**asdict(one), "dead": one.dead, "always_on": one.always_on}
