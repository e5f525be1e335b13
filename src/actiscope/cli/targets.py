"""What is followed on a picture: a channel, a unit or a class; and how that is asked for."""

import difflib
import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from actiscope.cli.networks import network_option, with_network
from actiscope.cli.options import (
    Value,
    image_argument,
    json_option,
    load_image,
    output_option,
    size_option,
)
from actiscope.errors import ArgumentError
from actiscope.networks import Network
from actiscope.studies import score_layer


@dataclass(frozen=True)
class Target:
    """What is followed.

    Parameters
    ----------
    layer : str
        Name of the layer.
    channel : int
        From 0.
    says : str
        The same in words.
    sees_part : bool
        Whether a unit of it sees a part of the picture only.
    """

    layer: str
    channel: int
    says: str
    sees_part: bool

    def describe(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"layer": self.layer, "channel": self.channel, "follows": self.says}


def _parse_unit(text: str) -> tuple[int, int]:
    row, col = (int(part) for part in text.split(","))
    return row, col


_ASKED = (
    image_argument,
    click.option("--layer", metavar="LAYER", help="Name of the layer, or its index from 0."),
    click.option("--channel", type=click.IntRange(min=0), help="From 0."),
    click.option(
        "--class",
        "class_",
        metavar="NAME",
        help="A class instead, by name or number: its score before the softmax.",
    ),
    click.option(
        "--unit",
        type=Value("ROW,COL", _parse_unit, "a row and a column such as 5,8"),
        help="Follow this unit; else the channel's largest value, wherever it moves.",
    ),
)
_ANSWERED = (
    output_option(".png", text="Draw what was found.", required=False),
    size_option,
    json_option,
    network_option,
)


def target_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options IMAGE, --layer, --channel, --class and --unit."""
    for option in reversed(_ASKED):
        command = option(command)
    return command


def with_target(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command that has them its picture, its network, its target, and how it answers."""

    @functools.wraps(command)
    def run(
        *,
        image: str,
        layer: str | None,
        channel: int | None,
        class_: str | None,
        open_it: Callable[[], Network],
        **options: Any,
    ) -> Any:
        picture = load_image(image)
        network = open_it()
        target = find_target(network, layer, channel, class_)
        return command(picture=picture, network=network, target=target, **options)

    answering = with_network(run)
    for option in reversed(_ANSWERED):
        answering = option(answering)
    return answering


def find_target(
    network: Network, layer: str | None, channel: int | None, class_: str | None
) -> Target:
    """Return what is meant.

    Parameters
    ----------
    network : Network
        The network.
    layer, channel, class_ : str, int, str, optional
        What was said.

    Returns
    -------
    Target
        The layer and the channel; for a class those of its score.

    Raises
    ------
    LayerNotFoundError
        If there is no such layer.
    ArgumentError
        If it was not said, or there is no such class.
    """
    if class_ is None:
        if layer is None or channel is None:
            raise ArgumentError("say what is followed: --layer and --channel, or --class")
        found = network.layers.find(layer)
        says = f"channel {channel} of {found.name}"
        return Target(found.name, channel, says, not found.geometry.is_global)
    if layer is not None or channel is not None:
        raise ArgumentError("--class names what is followed: leave out --layer and --channel")
    scores = score_layer(network)
    number = _class_index(network, class_)
    called = repr(network.classes[number]) if number < len(network.classes) else str(number)
    before = "" if scores.name in network.outputs else " before the softmax"
    says = f"the score of class {called}{before} ({scores.name})"
    return Target(scores.name, number, says, sees_part=False)


def _class_index(network: Network, name: str) -> int:
    if name.isdecimal():
        return int(name)
    if name in network.classes:
        return network.classes.index(name)
    near = difflib.get_close_matches(name, network.classes, 3)
    hint = f"did you mean {' or '.join(map(repr, near))}?" if near else "give its number"
    raise ArgumentError(f"{network.name} has no class {name!r}; {hint}")
