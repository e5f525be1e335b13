"""``actiscope strongest``."""

from collections.abc import Callable
from dataclasses import asdict
from typing import get_args

import click

from actiscope.cli.networks import network_option, with_network
from actiscope.cli.options import (
    EXAMPLES,
    image_argument,
    json_option,
    layer_option,
    load_image,
    size_option,
    top_option,
)
from actiscope.cli.printing import print_json, print_table
from actiscope.networks import Network
from actiscope.studies import Measure, strongest


@click.command(
    "strongest",
    epilog=EXAMPLES(
        "actiscope strongest face.jpg --layer conv1",
        "actiscope strongest face.jpg --layer fire6-squeeze1x1 --by energy --top 10 --json",
    ),
)
@image_argument
@layer_option
@click.option(
    "--by",
    type=click.Choice(get_args(Measure)),
    default="max",
    show_default=True,
    help="Largest signed value, mean, or sum of squares.",
)
@top_option
@size_option
@network_option
@with_network
@json_option
def command(
    image: str,
    layer: str,
    by: Measure,
    top: int,
    size: tuple[int, int] | None,
    open_it: Callable[[], Network],
    as_json: bool,
) -> None:
    """Rank the channels of a layer.

    The strongest first, each with its largest value, the unit that has it, and the pixels which
    that unit sees.
    """
    opened = open_it()
    activations = opened.activations(load_image(image), layer, size=size)
    ranked = strongest(activations, by=by, top=top)
    if as_json:
        print_json(
            {
                **activations.describe(),
                **opened.describe(),
                "by": by,
                "strongest": [{**asdict(one), "field": one.field._asdict()} for one in ranked],
            }
        )
        return
    print_table(
        ("channel", by, "peak", "at row, col", "which sees pixels (rows, columns)"),
        [
            (
                str(one.channel),
                f"{one.value:.6g}",
                f"{one.peak:.6g}",
                f"{one.row}, {one.col}",
                f"{one.field.top:.0f}-{one.field.bottom - 1:.0f}, "
                f"{one.field.left:.0f}-{one.field.right - 1:.0f}",
            )
            for one in ranked
        ],
        right=(0, 1, 2, 3),
    )
