"""``actiscope index``."""

import click

from actiscope.cli.index import build, channels, info, report, search, show
from actiscope.cli.options import EXAMPLES


@click.group(
    "index",
    epilog=EXAMPLES(
        "actiscope index build photos --layers fire6-squeeze1x1,fire9-concat -o photos.index",
        "actiscope index info photos.index",
        "actiscope index channels photos.index --layer fire9-concat --sort active",
        "actiscope index channels photos.index --layer fire9-concat -o channels.png",
        "actiscope index show photos.index --layer fire9-concat --channel 430 -o card.png",
        "actiscope index report photos.index -o page.html",
        "actiscope index search photos.index face.jpg --layer fire9-concat",
    ),
)
def command() -> None:
    """Find out what channels answer to over a collection of pictures."""


for _module in (build, info, channels, show, report, search):
    command.add_command(_module.command)
