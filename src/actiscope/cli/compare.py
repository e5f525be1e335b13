"""``actiscope compare``."""

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from actiscope.activations import Activations
from actiscope.checks import check_channels
from actiscope.cli.edits import EDITS, by_name, region_option, with_edits
from actiscope.cli.networks import network_option, with_network
from actiscope.cli.options import (
    CHANNELS,
    EXAMPLES,
    json_option,
    layer_option,
    load_image,
    output_option,
    size_option,
    top_option,
)
from actiscope.cli.printing import print_json, say
from actiscope.errors import ArgumentError
from actiscope.geometry import Box
from actiscope.images import write_png
from actiscope.images.edits import Mask
from actiscope.images.masks import box_of_mask, mask_of_change
from actiscope.images.pixels import Pixels
from actiscope.networks import Network
from actiscope.pictures import comparison_picture
from actiscope.studies import Selectivity, selectivity
from actiscope.studies.selectivity import THE_CHANGE

_DRAWN = 12
"""Channels that a picture has room for beside each other."""
_LARGEST_CHANGE = 0.5
"""Share of the picture up to which what differs counts as a region."""


@click.command(
    "compare",
    epilog=EXAMPLES(
        "actiscope compare open.jpg closed.jpg --layer fire6-relu_squeeze1x1 -o eyes.png",
        "actiscope compare face.jpg --erase 120,93,155,114 --layer fire6-relu_squeeze1x1 "
        "--channels 13,46",
        'actiscope compare a.jpg b.jpg --layer conv5 --region "right eye=120,64,184,144" --json',
    ),
)
@click.argument("image", metavar="A")
@click.argument("other", metavar="[B]", required=False)
@layer_option
@click.option(
    "--channels",
    type=CHANNELS,
    default=(),
    help="Which are told of, '13,46' or 'all'; by default the --top most selective.",
)
@region_option
@with_edits
@output_option(".png", text="Draw them.", required=False)
@top_option
@size_option
@json_option
@network_option
@with_network
def command(
    image: str,
    other: str | None,
    layer: str,
    channels: Sequence[int] | None,
    regions: tuple[tuple[str, Box], ...],
    edits: Callable[[Pixels], tuple[Pixels, Mask]] | None,
    output: Path | None,
    top: int,
    size: tuple[int, int] | None,
    as_json: bool,
    open_it: Callable[[], Network],
) -> None:
    """Say which channels changed between two pictures, and whether only there.

    A and B are pictures of one size; or give A alone and edit it. Without --region the region is
    what differs between them. Channels are ranked by how selectively they changed: far within the
    region, little among the units elsewhere.
    """
    if other is None and edits is None:
        raise ArgumentError(f"give a second picture, or edit the first: {EDITS}")
    if other is not None and edits is not None:
        raise ArgumentError(f"give a second picture or an edit, not both: {EDITS} edit the first")
    named = by_name(regions)
    before = load_image(image)
    after, touched = edits(before) if edits else _other(before, load_image(str(other)))
    places = named or {THE_CHANGE: box_of_mask(touched)}
    network = open_it()
    first, second = (network.activations(each, layer, size=size) for each in (before, after))
    ranked = selectivity(first, second, places)
    told = {name: _chosen(found, channels, top) for name, found in ranked.items()}
    if output is not None:
        _draw(output, (before, after), (first, second), told, places)
    if as_json:
        print_json(
            {
                **network.describe(),
                "layer": first.layer.name,
                "regions": {name: box._asdict() for name, box in places.items()},
                "channels": {
                    name: [one.describe() for one in found] for name, found in told.items()
                },
            }
        )
        return
    for name, found in told.items():
        if ranked[name][0].selectivity <= 0:
            print(f"no channel changed more at {name!r} than elsewhere")
        for one in found:
            print(one)


def _other(before: Pixels, after: Pixels) -> tuple[Pixels, Mask]:
    """Return a second picture, and where it differs from the first."""
    touched = mask_of_change(before, after)
    if touched.mean() > _LARGEST_CHANGE:
        say("note: the pictures differ nearly everywhere; name a --region")
    return after, touched


def _chosen(
    found: list[Selectivity], channels: Sequence[int] | None, top: int
) -> list[Selectivity]:
    """Return what is told: of the channels asked for (None: all), or of the first few."""
    if not channels:
        return found if channels is None else found[:top]
    by_channel = {one.inside.channel: one for one in found}
    return [by_channel[channel] for channel in check_channels(channels, len(found))]


def _draw(
    output: Path,
    pictures: tuple[Pixels, Pixels],
    answers: tuple[Activations, Activations],
    told: dict[str, list[Selectivity]],
    regions: dict[str, Box],
) -> None:
    first, second = answers
    channels = list(dict.fromkeys(one.inside.channel for found in told.values() for one in found))
    drawn = comparison_picture(
        pictures,
        (first.maps, second.maps),
        channels[:_DRAWN],
        geometry=None if first.geometry.is_global else first.geometry,
        regions=regions,
    )
    write_png(output, drawn)
    some = f", the first {_DRAWN} of {len(channels)} channels" if len(channels) > _DRAWN else ""
    say(f"{output}: {drawn.shape[0]} × {drawn.shape[1]} pixels{some}")
