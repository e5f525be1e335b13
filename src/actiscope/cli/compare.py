"""``actiscope compare``."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import click

from actiscope.activations import Activations
from actiscope.cli.edits import region_option, with_edits
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

_DRAWN = 4
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
@click.option("--channels", type=CHANNELS, help="Which are told of, '13,46'; the most selective.")
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
    channels: list[int] | None,
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
    if (other is None) == (edits is None):
        raise ArgumentError("give a second picture, or edit the first: --erase, --blur, --patch")
    twice = [name for name, count in Counter(name for name, _ in regions).items() if count > 1]
    if twice:
        raise ArgumentError(f"there are two regions {twice[0]!r}: give each a name of its own")
    before = load_image(image)
    after, touched = edits(before) if edits else _other(before, load_image(str(other)))
    places = dict(regions) or {THE_CHANGE: box_of_mask(touched)}
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


def _chosen(found: list[Selectivity], channels: list[int] | None, top: int) -> list[Selectivity]:
    if channels is None:
        return found[:top]
    by_channel = {one.inside.channel: one for one in found}
    missing = [channel for channel in channels if channel not in by_channel]
    if missing:
        raise ArgumentError(f"no channel {missing[0]}: channels are 0-{len(by_channel) - 1}")
    return [by_channel[channel] for channel in channels]


def _draw(
    output: Path,
    pictures: tuple[Pixels, Pixels],
    answers: tuple[Activations, Activations],
    told: dict[str, list[Selectivity]],
    regions: dict[str, Box],
) -> None:
    first, second = answers
    channels = dict.fromkeys(one.inside.channel for found in told.values() for one in found)
    drawn = comparison_picture(
        pictures,
        (first.maps, second.maps),
        list(channels)[:_DRAWN],
        geometry=None if first.geometry.is_global else first.geometry,
        regions=regions,
    )
    write_png(output, drawn)
    say(f"{output}: {drawn.shape[0]} × {drawn.shape[1]} pixels")
