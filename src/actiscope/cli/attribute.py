"""``actiscope attribute``."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import numpy as np

from actiscope.cli.networks import network_option, with_network
from actiscope.cli.options import EXAMPLES, image_argument, json_option, load_image, size_option
from actiscope.cli.printing import print_json, say, show_progress
from actiscope.cli.targets import find_target, target_options
from actiscope.images import write_png
from actiscope.images.pixels import Pixels
from actiscope.networks import Network
from actiscope.pictures import Picture
from actiscope.pictures.occlusion import evidence_picture
from actiscope.studies.gradients import METHODS, Attribution, Method, attribute, score_layer

_STRONGEST = 99
"""Percentile that becomes the strongest colour: a single pixel would hide the rest."""
_LEGENDS: dict[Method, str] = {
    "integrated-gradients": "integrated gradients, the strongest 1 % alike",
    "grad-cam": "Grad-CAM",
}


@click.command(
    "attribute",
    epilog=EXAMPLES(
        "actiscope attribute espresso.jpg --class espresso --method grad-cam -o why.png",
        "actiscope attribute face.jpg --layer fire6-squeeze1x1 --channel 13 --unit 5,8 -o eye.png",
    ),
)
@image_argument
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
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE.png", help="Draw the map."
)
@size_option
@json_option
@network_option
@with_network
def command(
    image: str,
    layer: str | None,
    channel: int | None,
    class_: str | None,
    output: Path | None,
    as_json: bool,
    open_it: Callable[[], Network],
    **options: Any,
) -> None:
    """Ask by gradients what a channel, a unit or a class owes to each part of a picture.

    Integrated gradients go pixel by pixel, and sum to the value less that of a picture of nothing;
    Grad-CAM weighs the maps of a layer. A class is followed by its score before the softmax.
    PyTorch and captum compute them: `pip install 'actiscope[torch]'`.
    """
    picture = load_image(image)
    network = open_it()
    target = find_target(network, layer, channel, class_, score_layer)
    found = attribute(
        network, picture, *target, on_run=show_progress("integrating gradients"), **options
    )
    if output is not None:
        drawn = _draw(picture, found)
        write_png(output, drawn)
        say(f"{output}: {drawn.shape[0]} × {drawn.shape[1]} pixels")
    if as_json:
        print_json({**network.describe(), **_as_data(*target, found)})
    else:
        _print(found)


def _draw(picture: Pixels, found: Attribution) -> Picture:
    strengths = np.abs(found.values)
    integrated = found.method == "integrated-gradients"
    return evidence_picture(
        picture,
        {found.method: found.values},
        found.geometry,
        legend=_LEGENDS[found.method],
        most=float(np.percentile(strengths, _STRONGEST)) if integrated else None,
    )


def _as_data(layer: str, channel: int, found: Attribution) -> dict[str, Any]:
    return {
        "layer": layer,
        "channel": channel,
        "method": found.method,
        "through": found.through or None,
        "value": found.value,
        "baseline": found.baseline,
        "unit": list(found.unit),
        "geometry": found.geometry.describe(),
        "values": found.values.tolist(),
    }


def _print(found: Attribution) -> None:
    row, col = np.unravel_index(found.values.argmax(), found.values.shape)
    y, x = found.geometry.centre(int(row), int(col))
    print(
        f"value {found.value:.6g} at row {found.unit[0]}, column {found.unit[1]}; "
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
