"""What the commands of ``actiscope index`` have in common."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from actiscope.cli.printing import say
from actiscope.pictures import Picture
from actiscope.wording import counted

if TYPE_CHECKING:
    from actiscope.collection.index import Index
    from actiscope.collection.sources import OnProblem
    from actiscope.collection.summaries import ChannelSummary

Command = Callable[..., None]

layer_option = click.option(
    "--layer",
    metavar="LAYER",
    required=True,
    help="A layer of the index, by any name that the network takes for it.",
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
    """Open an index to be read, and say if not all of the pictures are in it."""
    from actiscope.collection.index import Index

    opened = Index(path)
    if not opened.finished:
        say(f"note: {path} is not finished: its last build was stopped, or goes on")
    return opened


def save(draw: Callable[["OnProblem"], Picture], output: Path) -> None:
    """Draw a picture, write it, and say so, and what is blank on it."""
    with telling_lost() as on_lost:
        drawn = draw(on_lost)
        drawn.save(output)
        say(f"{output}: {drawn.shape[0]} × {drawn.shape[1]} pixels")


@contextmanager
def telling_lost() -> Iterator["OnProblem"]:
    """Give what is told which pictures cannot be read again, and say so at the end."""
    lost: dict[str, str] = {}
    yield lost.__setitem__
    if lost:
        name, reason = next(iter(lost.items()))
        say(
            f"{counted(len(lost), 'picture')} cannot be shown; {name}: {reason}. Build again from "
            "where they are now to find them"
        )


def as_data(one: "ChannelSummary") -> dict[str, Any]:
    """Return what an index says of a channel, fit for JSON."""
    return {**asdict(one), "dead": one.dead, "always_on": one.always_on}
