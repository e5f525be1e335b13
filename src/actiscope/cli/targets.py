"""The options that say what is followed: a channel, a unit or a class."""

import difflib
from collections.abc import Callable
from typing import Any

import click

from actiscope.cli.options import Value
from actiscope.errors import ArgumentError
from actiscope.layers import Layer
from actiscope.networks import Network


def _parse_unit(text: str) -> tuple[int, int]:
    row, col = (int(part) for part in text.split(","))
    return row, col


_OPTIONS = (
    click.option("--layer", metavar="LAYER", help="Name of the layer, or its index from 0."),
    click.option("--channel", type=click.IntRange(min=0), help="From 0."),
    click.option("--class", "class_", metavar="NAME", help="A class instead, by name or number."),
    click.option(
        "--unit",
        type=Value("ROW,COL", _parse_unit, "a row and a column such as 5,8"),
        help="Follow this unit; else the channel's largest value, wherever it moves.",
    ),
)


def target_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options --layer, --channel, --class and --unit."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def find_target(
    network: Network,
    layer: str | None,
    channel: int | None,
    class_: str | None,
    layer_of_classes: Callable[[Network], Layer],
) -> tuple[str, int]:
    """Return the layer and the channel that are meant.

    Parameters
    ----------
    network : Network
        The network.
    layer, channel, class_ : str, int, str, optional
        What was said.
    layer_of_classes : callable
        Gives the layer whose channels are the classes.

    Returns
    -------
    (str, int)
        Name of the layer (or its index, as text), and the channel.

    Raises
    ------
    ArgumentError
        If it was not said, or there is no such class.
    """
    if class_ is None:
        if layer is None or channel is None:
            raise ArgumentError("say what is followed: --layer and --channel, or --class")
        return layer, channel
    if layer is not None or channel is not None:
        raise ArgumentError("--class names what is followed: leave out --layer and --channel")
    return layer_of_classes(network).name, _class_index(network, class_)


def output_layer(network: Network) -> Layer:
    """Return the layer that is a classifier's answer.

    Raises
    ------
    ArgumentError
        If it has several outputs.
    """
    if len(network.outputs) != 1:
        raise ArgumentError(f"{network.name} has several outputs: name the --layer and --channel")
    return network.layers.find(network.outputs[0])


def _class_index(network: Network, name: str) -> int:
    if name.isdecimal():
        return int(name)
    if name in network.classes:
        return network.classes.index(name)
    near = difflib.get_close_matches(name, network.classes, 3)
    hint = f"did you mean {' or '.join(map(repr, near))}?" if near else "give its number"
    raise ArgumentError(f"{network.name} has no class {name!r}; {hint}")
