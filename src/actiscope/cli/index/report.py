"""``actiscope index report``."""

from collections.abc import Callable
from pathlib import Path

import click

from actiscope.cli.index.common import index_argument, layer_names, open_index, telling_lost
from actiscope.cli.networks import known_network_option, with_known_network
from actiscope.cli.options import EXAMPLES, output_option
from actiscope.cli.printing import say, show_progress
from actiscope.files import write_file
from actiscope.networks import Network


@click.command(
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
def command(index: Path, layers: str | None, output: Path, open_it: Callable[..., Network]) -> None:
    """Write the cards of all channels as one HTML page.

    It opens from the disk, without a server and without the internet. A picture is in it once,
    small, however many channels show it. It needs the network with which the index was built, and
    the pictures where they were: the patches of a picture that has gone or changed are blank.
    """
    from actiscope.report.cards.page import render_index

    with open_index(index) as opened, telling_lost() as on_lost:
        names = None if layers is None else layer_names(layers)
        network = open_it(opened.settings, index)
        tell = show_progress("looking")
        page = render_index(opened, network, names, tell=tell, on_lost=on_lost).encode()
        write_file(output, page)
        say(f"{output}: {len(page) / 1e6:.1f} MB")
