"""Options that name a region of the picture, and that edit it."""

import functools
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np

from actiscope.cli.options import Value, load_image
from actiscope.errors import ArgumentError
from actiscope.geometry import Box
from actiscope.images.edits import Mask, Tool, fill
from actiscope.images.masks import mask_of_box, mask_of_picture
from actiscope.images.pixels import Pixels

_CORNERS = 4


class Edit(NamedTuple):
    """An edit that the command line asks for."""

    tool: Tool
    where: str


def parse_box(text: str) -> Box:
    """Read "x0,y0,x1,y1": columns and rows of the corners, the second one outside."""
    left, top, right, bottom = (float(part) for part in text.split(","))
    if not (left < right and top < bottom) or not np.isfinite((left, top, right, bottom)).all():
        raise ValueError
    return Box(top, left, bottom, right)


def parse_region(text: str) -> tuple[str, Box]:
    """Read "NAME=x0,y0,x1,y1"."""
    name, equals, box = text.rpartition("=")
    if not (equals and name.strip()):
        raise ValueError
    return name.strip(), parse_box(box)


BOX = "x0,y0,x1,y1"
REGION = Value(
    f"NAME={BOX}", parse_region, f"a name and a box of pixels, NAME={BOX} with x0 < x1 and y0 < y1"
)
COLOUR = Value("R,G,B", lambda text: _read_colour(text), "a colour such as 230,197,175")

region_option = click.option(
    "--region",
    "regions",
    type=REGION,
    multiple=True,
    metavar=f"NAME={BOX}",
    help="A region of the picture, in pixels. May be given several times.",
)


def by_name(regions: Sequence[tuple[str, Box]]) -> dict[str, Box]:
    """Return regions that were given as options, by name.

    Raises
    ------
    ArgumentError
        If two have one name.
    """
    twice = [name for name, count in Counter(name for name, _ in regions).items() if count > 1]
    if twice:
        raise ArgumentError(f"there are two regions {twice[0]!r}: give each a name of its own")
    return dict(regions)


_EDITS: tuple[tuple[tuple[str, ...], Tool, str], ...] = (
    (("--erase", "--inpaint"), "inpaint", "Fill it smoothly from what is around it."),
    (("--blur",), "blur", "Blur it."),
    (("--patch",), "flat", "Paint it flat, in the mean colour around it, or in --colour."),
    (("--noise",), "noise", "Paint noise over it."),
)


EDITS = ", ".join(flags[0] for flags, _, _ in _EDITS)
"""The options that edit a picture, for a message."""


def with_edits(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that edit a picture, as its argument `edits`."""

    @functools.wraps(command)
    def run(*, colour: tuple[int, int, int] | None, **options: Any) -> Any:
        found = [
            Edit(tool, where)
            for flags, tool, _ in _EDITS
            for where in options.pop(flags[0].removeprefix("--"))
        ]
        return command(edits=functools.partial(apply, found, colour) if found else None, **options)

    for flags, _, text in reversed(_EDITS):
        run = click.option(
            *flags,
            multiple=True,
            metavar=f"{BOX}|MASK",
            help=f"{text} A box of pixels, or a picture of that size, white there.",
        )(run)
    return click.option("--colour", type=COLOUR, help="Colour of --patch.")(run)


def apply(
    edits: Sequence[Edit], colour: tuple[int, int, int] | None, picture: Pixels
) -> tuple[Pixels, Mask]:
    """Return the edited picture, and where it was edited."""
    edited, touched = picture, np.zeros(picture.shape[:2], dtype=bool)
    for tool, where in edits:
        mask = _read_mask(where, (picture.shape[0], picture.shape[1]))
        edited = fill(edited, mask, tool, colour=colour)
        touched |= mask
    return edited, touched


def _read_mask(where: str, size: tuple[int, int]) -> Mask:
    if where.count(",") == _CORNERS - 1 and not Path(where).exists():
        try:
            box = parse_box(where)
        except ValueError:
            raise ArgumentError(f"{where!r} is no box {BOX} with x0 < x1 and y0 < y1") from None
        mask = mask_of_box(box, size)
    else:
        mask = mask_of_picture(load_image(where), size, where)
    if not mask.any():
        raise ArgumentError(f"{where!r} covers nothing of a picture of {size[0]}x{size[1]} pixels")
    return mask


def _read_colour(text: str) -> tuple[int, int, int]:
    red, green, blue = (int(part) for part in text.split(","))
    if not all(0 <= level <= 255 for level in (red, green, blue)):
        raise ValueError
    return red, green, blue
