"""``actiscope attribute``."""

from pathlib import Path
from typing import Any

import click
import numpy as np

from actiscope.activations import Values
from actiscope.checks import Size
from actiscope.cli.options import EXAMPLES
from actiscope.cli.printing import print_json, say, show_progress
from actiscope.cli.targets import Target, target_options, with_target
from actiscope.images import write_png
from actiscope.images.pixels import Pixels
from actiscope.networks import Network
from actiscope.pictures import Picture
from actiscope.pictures.colormaps import SIGNED, UNIFORM
from actiscope.pictures.contributions import contributions_picture
from actiscope.pictures.occlusion import evidence_picture
from actiscope.studies.attribution import METHODS, Attribution, Method, attribute

_STRONGEST = 99
"""Percentile that becomes the strongest colour: a single pixel would hide the rest."""
_NAMED = 5
_SHOWN: dict[Method, str] = {
    "contributions": " to each place",
    "integrated-gradients": " to each pixel, the strongest 1 % alike",
    "grad-cam": " to each place",
}


@click.command(
    "attribute",
    epilog=EXAMPLES(
        "actiscope attribute espresso.jpg --class espresso --method contributions -o why.png",
        "actiscope attribute espresso.jpg --class espresso --method grad-cam -o where.png",
        "actiscope attribute face.jpg --layer fire6-squeeze1x1 --channel 13 --unit 5,8 -o eye.png",
    ),
)
@target_options
@click.option(
    "--method", type=click.Choice(METHODS), default=METHODS[0], show_default=True, help="How."
)
@click.option(
    "--through",
    metavar="LAYER",
    help="The layer that is divided into contributions, by default the earliest that allows it; "
    "or whose maps Grad-CAM weighs, by default the last before the last kernels.",
)
@click.option(
    "--steps",
    type=click.IntRange(min=1),
    default=64,
    show_default=True,
    help="How many gradients are integrated.",
)
@with_target
def command(
    picture: Pixels,
    network: Network,
    target: Target,
    output: Path | None,
    as_json: bool,
    size: Size | None,
    **options: Any,
) -> None:
    """Ask what a channel, a unit or a class owes to each part of a picture.

    Contributions divide the value exactly into the shares of an earlier layer's places and
    channels, where it is a sum over them; they need no gradients. Integrated gradients go pixel by
    pixel, and come to the value less that of a picture of nothing; Grad-CAM weighs the maps of a
    layer: PyTorch and captum compute these, `pip install 'actiscope[torch]'`. A class is followed
    by its score before the softmax.
    """
    progress = show_progress(options["method"].replace("-", " "))
    found = attribute(
        network, picture, target.layer, target.channel, size=size, on_run=progress, **options
    )
    if output is not None:
        divided = found.channels is not None
        maps = network.activations(picture, found.through, size=size).maps if divided else None
        drawn = _draw(picture, maps, target, found)
        write_png(output, drawn)
        say(f"{output}: {drawn.shape[0]} × {drawn.shape[1]} pixels")
    if as_json:
        print_json({**network.describe(), **target.describe(), **_as_data(found)})
    else:
        _print(target, found)


def _draw(picture: Pixels, maps: Values | None, target: Target, found: Attribution) -> Picture:
    legend = f"what {target.says} owes{_SHOWN[found.method]}"
    if found.channels is not None and maps is not None:
        return contributions_picture(
            picture,
            found.values,
            found.channels,
            maps,
            found.geometry,
            layer=found.through,
            legend=legend,
        )
    integrated = found.method == "integrated-gradients"
    return evidence_picture(
        picture,
        {found.method: found.values},
        found.geometry,
        legend=legend,
        most=float(np.percentile(np.abs(found.values), _STRONGEST)) if integrated else None,
        colormap=UNIFORM if found.method == "grad-cam" else SIGNED,
    )


def _as_data(found: Attribution) -> dict[str, Any]:
    return {
        "method": found.method,
        "through": found.through or None,
        "value": found.value,
        "baseline": found.baseline,
        "unit": list(found.unit),
        "geometry": found.geometry.describe(),
        "values": found.values.tolist(),
        "channels": None if found.channels is None else found.channels.tolist(),
    }


def _print(target: Target, found: Attribution) -> None:
    row, col = found.unit
    print(f"{target.says}: {found.value:.6g} at row {row}, column {col}")
    top = np.unravel_index(found.values.argmax(), found.values.shape)
    y, x = found.geometry.centre(int(top[0]), int(top[1]))
    if found.channels is not None:
        _print_sum(found)
    elif found.through:
        print(
            f"grad-cam through {found.through}: strongest around pixel (row, col) {y:.0f}, {x:.0f}"
        )
        if target.sees_part:
            print("it weighs whole maps: places that the unit does not see are coloured, too")
    else:
        print(
            f"integrated gradients sum to {found.values.sum():.6g} "
            f"of {found.value - found.baseline:.6g}: "
            f"{found.values.clip(0).sum():.6g} for it, {found.values.clip(None, 0).sum():.6g} "
            f"against it, from {found.baseline:.6g} for a picture of nothing; the strongest pixel "
            f"is {y:.0f}, {x:.0f}"
        )


def _print_sum(found: Attribution) -> None:
    """Write a value as the sum that it is."""
    named, others = found.ranked[:_NAMED], found.ranked[_NAMED:]
    print(f"= {found.baseline:+.6g} if {found.through} gave nothing at all")
    for channel, share in named:
        print(f"  {share:+.6g} from channel {channel} of {found.through}")
    if others:
        print(f"  {sum(share for _, share in others):+.6g} from the other {len(others)}")
