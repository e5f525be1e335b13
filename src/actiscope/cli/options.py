"""Options and values that several commands share."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from actiscope.errors import ArgumentError
from actiscope.images import read_image
from actiscope.images.pixels import Pixels

Command = TypeVar("Command", bound=Callable[..., Any])
Parsed = TypeVar("Parsed")


def EXAMPLES(*lines: str) -> str:  # noqa: N802 - reads as a heading
    """Return an epilog of examples for a command's help."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


if TYPE_CHECKING:
    ParamType = click.ParamType[Any]
else:
    ParamType = click.ParamType


class Value(ParamType):
    """A value that a function reads from text."""

    def __init__(self, name: str, parse: Callable[[str], Any], expected: str) -> None:
        self.name = name
        self._parse = parse
        self._expected = expected

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        """Read a value, or fail as click does."""
        if not isinstance(value, str):
            return value
        try:
            return self._parse(value.strip())
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is not {self._expected}", param, ctx)


def parse_size(text: str) -> tuple[int, int]:
    """Read "227" or "227x300"."""
    height, _, width = text.lower().partition("x")
    size = int(height), int(width or height)
    if min(size) < 1:
        raise ValueError
    return size


def parse_grid(text: str) -> tuple[int | None, int | None]:
    """Read "6x8", "6x" or "x8"."""
    match = re.fullmatch(r"(\d*)x(\d*)", text.lower())
    if not match or not (match[1] or match[2]):
        raise ValueError
    rows, cols = (int(part) if part else None for part in match.groups())
    if rows == 0 or cols == 0:
        raise ValueError
    return rows, cols


def parse_channels(text: str) -> list[int] | None:
    """Read "all", or numbers and ranges such as "0-7,13,46"."""
    if text.lower() == "all":
        return None
    channels: list[int] = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d+)(?:\s*-\s*(\d+))?\s*", part)
        if not match:
            raise ValueError
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first or last - first > 1_000_000:
            raise ValueError
        channels.extend(range(first, last + 1))
    return channels


def parse_scale(text: str) -> str | tuple[float, float]:
    """Read "layer", "shown", "channel" or "LO:HI"."""
    if text in ("layer", "shown", "channel"):
        return text
    low, colon, high = text.partition(":")
    if not colon:
        raise ValueError
    return float(low), float(high)


def parse_numbers(text: str) -> tuple[float, ...]:
    """Read "0.5" or "0.485,0.456,0.406"."""
    numbers = tuple(float(part) for part in text.split(","))
    if len(numbers) not in (1, 3):
        raise ValueError
    return numbers


SIZE = Value("HxW", parse_size, "a size such as 227 or 227x300")
GRID = Value("RxC", parse_grid, "a grid such as 6x8, 6x or x8")
CHANNELS = Value("LIST", parse_channels, "a list of channels such as 13,46 or 0-7, or 'all'")
SCALE = Value("SCALE", parse_scale, "'layer', 'shown', 'channel' or LO:HI such as -100:100")
NUMBERS = Value("NUMBERS", parse_numbers, "one number, or three such as 0.5,0.5,0.5")

image_argument = click.argument("image", metavar="IMAGE")
size_option = click.option(
    "--size",
    type=SIZE,
    metavar="HxW",
    help="Resize the picture first, HxW or one number. By default the network says, and SqueezeNet "
    "takes it at its own size; it was trained on 227x227.",
)
layer_option = click.option(
    "--layer", metavar="LAYER", required=True, help="Name of the layer, or its index from 0."
)
index_option = click.option(
    "--index",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="An index of a collection by this network (`actiscope index build`): what each channel "
    "answers to there is shown beside it.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")
top_option = click.option(
    "--top", type=click.IntRange(min=1), default=5, show_default=True, help="How many."
)


def output_option(
    *suffixes: str, text: str = "The file to write.", required: bool = True
) -> Callable[[Command], Command]:
    """Return the option ``-o`` for a file with one of some suffixes."""
    named = " or ".join(suffixes)

    def check(_ctx: click.Context, _param: click.Parameter, value: str | None) -> Path | None:
        if value is None:
            return None
        path = Path(value)
        if path.suffix.lower() not in suffixes:
            raise click.BadParameter(f"{value!r} must end in {named}")
        return path

    return click.option(
        "-o",
        "--output",
        required=required,
        metavar=f"FILE{'|'.join(suffixes)}",
        callback=check,
        help=text,
    )


def load_image(source: str) -> Pixels:
    """Read the picture that a command was given: a path, or "-" for standard input."""
    if source == "-":
        return read_image(sys.stdin.buffer)
    if not source:
        raise ArgumentError("the name of the picture is empty")
    return read_image(source)
