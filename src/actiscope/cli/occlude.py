"""``actiscope occlude``."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
import numpy as np

from actiscope.cli.options import EXAMPLES, SIZE
from actiscope.cli.printing import hint_if_long, print_json, print_table, say, show_progress
from actiscope.cli.targets import Target, target_options, with_target
from actiscope.images import write_png
from actiscope.images.pixels import Pixels
from actiscope.networks import Network
from actiscope.pictures.lettering import format_percent
from actiscope.pictures.occlusion import occlusion_picture
from actiscope.studies.occlusion import FILLS, Fill, Occlusion, occlude

Tell = Callable[[int, int], None]


@click.command(
    "occlude",
    epilog=EXAMPLES(
        "actiscope occlude face.jpg --layer fire6-squeeze1x1 --channel 13 --unit 5,8 -o eye.png",
        "actiscope occlude espresso.jpg --class espresso --fill grey --fill inpaint -o why.png",
    ),
)
@target_options
@click.option("--window", type=SIZE, metavar="HxW", help="What is covered at a time, in pixels.")
@click.option("--stride", type=SIZE, metavar="HxW", help="How far the window moves, in pixels.")
@click.option(
    "--fill",
    "fills",
    type=click.Choice(FILLS),
    multiple=True,
    help="What covers it; several are compared. By default all.",
)
@with_target
def command(
    picture: Pixels,
    network: Network,
    target: Target,
    fills: tuple[Fill, ...],
    output: Path | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Cover a picture part by part, and see which parts a channel, a unit or a class needs.

    What covers a part is itself something new to the network, so the fills are compared: grey (the
    colour that the network takes for nothing), blur, and inpaint (what is around it). A class is
    followed by its score before the softmax.
    """
    chosen = tuple(dict.fromkeys(fills or FILLS))
    hint = hint_if_long("a larger --stride, a smaller --size or a single --fill takes less")
    found = {
        fill: occlude(
            network,
            picture,
            target.layer,
            target.channel,
            fill=fill,
            on_run=_follow(fill, number, len(chosen), hint),
            **options,
        )
        for number, fill in enumerate(chosen)
    }
    if output is not None:
        drawn = occlusion_picture(
            picture,
            {name: one.drops for name, one in found.items()},
            next(iter(found.values())).geometry,
            of=target.says,
        )
        write_png(output, drawn)
        say(f"{output}: {drawn.shape[0]} × {drawn.shape[1]} pixels")
    if as_json:
        print_json(
            {
                **network.describe(),
                **target.describe(),
                "fills": {name: one.describe() for name, one in found.items()},
            }
        )
        return
    _print(target, found)


def _follow(fill: Fill, number: int, count: int, hint: Tell) -> Tell:
    """Return a function that shows how far one of several maps is, and tells of all of them."""
    show = show_progress(f"covering with {fill}")

    def tell(done: int, total: int) -> None:
        show(done, total)
        hint(number * total + done, count * total)

    return tell


def _print(target: Target, found: Mapping[Fill, Occlusion]) -> None:
    first = next(iter(found.values()))
    row, col = first.unit
    high, wide = first.window
    print(
        f"{target.says}: {first.value:.6g} at row {row}, column {col}; "
        f"windows of {high} × {wide} pixels, {first.drops.size} places"
    )
    rows = []
    for name, one in found.items():
        window = np.unravel_index(one.drops.argmax(), one.drops.shape)
        y, x = one.geometry.centre(int(window[0]), int(window[1]))
        share = format_percent(-100 * one.drops.max() / one.value if one.value > 0 else None)
        where = f"{y:.0f}, {x:.0f}" if one.drops.max() > 0 else "nowhere"
        rows.append((name, f"{one.drops.max():.6g}", share, where))
    print_table(("fill", "largest drop", "of the value", "around pixel (row, col)"), rows, (1, 2))
