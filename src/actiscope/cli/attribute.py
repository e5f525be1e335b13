"""``actiscope attribute``."""

from pathlib import Path
from typing import Any

import click
import numpy as np

from actiscope.cli.options import EXAMPLES
from actiscope.cli.printing import print_json, say, show_progress
from actiscope.cli.targets import Target, target_options, with_target
from actiscope.images import write_png
from actiscope.images.pixels import Pixels
from actiscope.networks import Network
from actiscope.pictures import Picture
from actiscope.pictures.occlusion import evidence_picture
from actiscope.studies.attribution import METHODS, Attribution, Method, attribute

_STRONGEST = 99
"""Percentile that becomes the strongest colour: a single pixel would hide the rest."""
_SHOWN: dict[Method, str] = {
    "integrated-gradients": " to each pixel, the strongest 1 % alike",
    "grad-cam": " to each place",
}


@click.command(
    "attribute",
    epilog=EXAMPLES(
        "actiscope attribute espresso.jpg --class espresso --method grad-cam -o why.png",
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
    help="The layer whose maps Grad-CAM weighs; by default the last before the last kernels.",
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
    **options: Any,
) -> None:
    """Ask by gradients what a channel, a unit or a class owes to each part of a picture.

    Integrated gradients go pixel by pixel, and sum to the value less that of a picture of nothing;
    Grad-CAM weighs the maps of a layer. A class is followed by its score before the softmax.
    PyTorch and captum compute them: `pip install 'actiscope[torch]'`.
    """
    progress = show_progress("integrating gradients")
    found = attribute(network, picture, target.layer, target.channel, on_run=progress, **options)
    if output is not None:
        drawn = _draw(picture, target, found)
        write_png(output, drawn)
        say(f"{output}: {drawn.shape[0]} × {drawn.shape[1]} pixels")
    if as_json:
        print_json({**network.describe(), **target.describe(), **_as_data(found)})
    else:
        _print(target, found)


def _draw(picture: Pixels, target: Target, found: Attribution) -> Picture:
    strengths = np.abs(found.values)
    integrated = found.method == "integrated-gradients"
    return evidence_picture(
        picture,
        {found.method: found.values},
        found.geometry,
        legend=f"what {target.says} owes{_SHOWN[found.method]}",
        most=float(np.percentile(strengths, _STRONGEST)) if integrated else None,
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
    }


def _print(target: Target, found: Attribution) -> None:
    row, col = np.unravel_index(found.values.argmax(), found.values.shape)
    y, x = found.geometry.centre(int(row), int(col))
    print(
        f"{target.says}: {found.value:.6g} at row {found.unit[0]}, column {found.unit[1]}; "
        f"{found.baseline:.6g} for a picture of nothing"
    )
    if found.through:
        print(
            f"grad-cam through {found.through}: strongest around pixel (row, col) {y:.0f}, {x:.0f}"
        )
    else:
        print(
            f"integrated gradients sum to {found.values.sum():.6g}: "
            f"{found.values.clip(0).sum():.6g} for it, {found.values.clip(None, 0).sum():.6g} "
            f"against it; the strongest pixel is {y:.0f}, {x:.0f}"
        )
