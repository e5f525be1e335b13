"""``actiscope index info``."""

from pathlib import Path

import click

from actiscope.cli.index.common import index_argument, open_index
from actiscope.cli.options import json_option
from actiscope.cli.printing import print_json, print_table, say_failures
from actiscope.layers import format_size
from actiscope.wording import counted


@click.command("info")
@index_argument
@json_option
def command(index: Path, as_json: bool) -> None:
    """Say what is in an index: its network, layers and pictures, and what could not be read."""
    with open_index(index) as opened:
        images, finished, failures = opened.images, opened.finished, opened.failures
    settings = opened.settings
    sizes = {layer.name: (layer.channels, layer.rows, layer.cols) for layer in settings.layers}
    if as_json:
        print_json(
            {
                "images": images,
                "finished": finished,
                "network": settings.network,
                "fingerprint": settings.fingerprint,
                "size": settings.size,
                "top": settings.top,
                "per_image": settings.per_image,
                "layers": [{"name": name, "size": size} for name, size in sizes.items()],
                "failures": failures,
            }
        )
        return
    fed = f" at {settings.size[0]}x{settings.size[1]}" if settings.size else ""
    print(
        f"{counted(images, 'picture')}{fed}, {len(failures):,} failed\n"
        f"{settings.network['network']}, {settings.network['preparation']['source']}\n"
        f"the {settings.top} strongest units of a channel, at most {settings.per_image} a picture\n"
    )
    rows = [(name, format_size(size)) for name, size in sizes.items()]
    print_table(("layer", "channels × rows × cols"), rows, right=())
    say_failures(failures)
