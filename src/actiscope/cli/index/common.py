"""What the commands of ``actiscope index`` have in common."""

import re
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from actiscope.cli.printing import say
from actiscope.pictures import Picture

if TYPE_CHECKING:
    from actiscope.collection.index import Index
    from actiscope.collection.summaries import ChannelSummary

Command = Callable[..., None]

layer_option = click.option(
    "--layer", metavar="LAYER", required=True, help="Name of a layer that is in the index."
)
index_argument = click.argument("index", metavar="FILE", type=click.Path(path_type=Path))


def drawing_option(text: str) -> Callable[[Command], Command]:
    """Return the option to draw what a command says."""
    return click.option(
        "-o", "--output", type=click.Path(path_type=Path), metavar="FILE.png", help=text
    )


def layer_names(text: str) -> list[str]:
    """Return names that are separated by commas."""
    return re.split(r"\s*,\s*", text.strip())


def open_index(path: Path) -> "Index":
    """Open an index to be read."""
    from actiscope.collection.index import Index

    return Index(path)


def save(drawn: Picture, output: Path) -> None:
    """Write a picture, and say so."""
    drawn.save(output)
    say(f"{output}: {drawn.shape[0]} × {drawn.shape[1]} pixels")


def as_data(one: "ChannelSummary") -> dict[str, Any]:
    """Return what an index says of a channel, fit for JSON."""
    return {**asdict(one), "dead": one.dead, "always_on": one.always_on}
