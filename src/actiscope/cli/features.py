"""``actiscope features``."""

from collections.abc import Callable
from pathlib import Path

import click

from actiscope.cli.networks import network_option, with_network
from actiscope.cli.options import EXAMPLES, SIZE, json_option, layer_option, output_option
from actiscope.cli.printing import print_json, say, say_failures, show_count
from actiscope.errors import ActiscopeError
from actiscope.networks import Network
from actiscope.wording import counted


@click.command(
    "features",
    epilog=EXAMPLES(
        "actiscope features photos --layer pool10 -o photos.npy",
        "actiscope features 'shards/*.tar' --layer fire9-concat --pool max -o shards.parquet",
        "actiscope features photos --layer conv1 --pool none -o maps.zarr",
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
    help="Resize pictures to this; by default to the network's own size.",
)  # fmt: skip
@output_option(".npy", ".parquet", ".zarr")
@network_option
@with_network
@json_option
def command(
    sources: tuple[str, ...],
    layer: str,
    pool: str,
    size: tuple[int, int] | None,
    output: Path,
    open_it: Callable[[], Network],
    as_json: bool,
) -> None:
    """Write a layer's answer to every picture of the sources, one row a picture.

    SOURCE is as for `actiscope index build`; what cannot be read is told and left out. A row is one
    number for each channel, or with `--pool none` all values, channel by channel and row by row.

    .npy is an array of all rows; their names go to FILE.txt, one a line. .parquet has the columns
    `name` and `values` (`pip install 'actiscope[parquet]'`). .zarr is a group of the arrays `names`
    and `values`, the latter with the shape of the maps if they are not pooled (`pip install
    'actiscope[zarr]'`).
    """
    from actiscope.collection.features import features
    from actiscope.collection.tables import write_table

    network, failures = open_it(), dict[str, str]()
    rows = features(
        network, sources, layer, pool=pool, size=size,  # type: ignore[arg-type]
        on_problem=failures.__setitem__,
    )  # fmt: skip
    about = {"network": network.name, "layer": network.layers.find(layer).name, "pool": pool}
    try:
        count = write_table(show_count(rows, "rows"), output, about)
    except ActiscopeError:
        say_failures(failures)
        raise
    if as_json:
        print_json({**about, "rows": count, "failures": failures})
        return
    names = f"; names in {output.with_suffix('.txt')}" if output.suffix.lower() == ".npy" else ""
    say(f"{output}: {counted(count, 'row')}, {len(failures):,} failed{names}")
    say_failures(failures)
