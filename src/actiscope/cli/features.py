"""``actiscope features``."""

from collections.abc import Callable
from pathlib import Path

import click

from actiscope.cli.networks import network_option, with_network
from actiscope.cli.options import EXAMPLES, SIZE, layer_option, output_option
from actiscope.cli.printing import say
from actiscope.networks import Network


@click.command(
    "features",
    epilog=EXAMPLES(
        "actiscope features photos --layer pool10 -o photos.npy",
        "actiscope features 'shards/*.tar' --layer fire9-concat --pool max -o shards.npy",
    ),
)
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@layer_option
@click.option(
    "--pool", type=click.Choice(["mean", "max", "none"]), default="mean", show_default=True,
    help="One number for each channel, or all values.",
)  # fmt: skip
@click.option(
    "--size", type=SIZE, metavar="HxW",
    help="Resize pictures to this; by default to what the network was trained on.",
)  # fmt: skip
@output_option(".npy")
@network_option
@with_network
def command(
    sources: tuple[str, ...],
    layer: str,
    pool: str,
    size: tuple[int, int] | None,
    output: Path,
    open_it: Callable[[], Network],
) -> None:
    """Write a layer's answer to every picture of the sources, one row a picture.

    The names of the pictures go to FILE.txt, one a line. SOURCE is as for `actiscope index build`;
    what cannot be read is told and left out.
    """
    from actiscope.collection.features import features, write_features

    rows = features(
        open_it(), sources, layer, pool=pool, size=size,  # type: ignore[arg-type]
        on_problem=lambda name, reason: say(f"left out {name}: {reason}"),
    )  # fmt: skip
    count = write_features(rows, output)
    say(f"{output}: {count:,} rows; names in {output.with_suffix('.txt')}")
