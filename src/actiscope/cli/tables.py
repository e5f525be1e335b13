"""The table of an analysis, in a terminal of 80 columns."""

import re
import textwrap
from collections.abc import Sequence

import click

from actiscope.cli.printing import print_table
from actiscope.layers import format_size
from actiscope.networks.analysis import Analysis, Cost, format_field

_NAME = 22
_WIDTH = 76
_COLOURS = {"error": "red", "warning": "yellow"}


def print_analysis(analysis: Analysis, folds: Sequence[tuple[int, int, int]] | None = None) -> None:
    """Print the table, the totals and the issues.

    Parameters
    ----------
    analysis : Analysis
        What is printed.
    folds : sequence of (int, int, int), optional
        Blocks to print once: first row, rows in the block, how often it stands.
    """
    rows: list[tuple[str, ...]] = []
    starts = {first: (length, times) for first, length, times in folds or ()}
    index = 0
    while index < len(analysis.costs):
        length, times = starts.get(index, (1, 1))
        rows += [_row(cost) for cost in analysis.costs[index : index + length]]
        if times > 1:
            last = index + length * times - 1
            text = f"... {times - 1} more like these {length}, to {last}"
            rows.append(("", text, "", "", "", ""))
        index += length * times
    head = ("index", "name", "size", "learnables", "mult-adds", "field")
    print_table(head, rows, right=(0, 2, 3, 4, 5))
    height, width = analysis.input_size
    print(
        f"\n{len(analysis.costs)} layers, {analysis.connections} connections at {height}x{width}\n"
        f"{analysis.layers.learnables:,} learnables, {analysis.multiply_adds:,} multiply-adds\n"
        f"{_bytes(analysis.memory)} of activations, {_bytes(analysis.peak_memory)} at a time"
    )
    if analysis.issues:
        print()
    for issue in analysis.issues:
        mark = click.style(issue.severity, fg=_COLOURS[issue.severity])
        text = textwrap.fill(
            f"{issue.layer}: {issue.message}", _WIDTH - len(issue.severity), break_on_hyphens=False
        )
        click.echo(f"{mark}: " + text.replace("\n", "\n    "))


def fold(costs: Sequence[Cost]) -> list[tuple[int, int, int]]:
    """Find blocks of layers that stand several times in a row.

    Parameters
    ----------
    costs : sequence of Cost
        The layers in order.

    Returns
    -------
    list of (int, int, int)
        First row, rows in the block, how often it stands; blocks do not overlap. Layers are alike
        if they have the same type, size and weights.
    """
    kinds = [(cost.layer.type, cost.layer.size, *cost.layer.weights.values()) for cost in costs]
    found = []
    index = 0
    while index < len(kinds):
        best = (1, 1)
        for length in range(1, (len(kinds) - index) // 2 + 1):
            block = kinds[index : index + length]
            times = 1
            while kinds[index + times * length : index + (times + 1) * length] == block:
                times += 1
            if times > 1 and times * length > best[0] * best[1]:
                best = (length, times)
        length, times = best
        if times > 1:
            found.append((index, length, times))
        index += length * times
    return found


def _row(cost: Cost) -> tuple[str, ...]:
    layer = cost.layer
    return (
        str(layer.index),
        _shorten(layer.name),
        format_size(layer.size).replace(" ", ""),
        f"{layer.learnables:,}" if layer.learnables else "",
        _count(cost.multiply_adds) if cost.multiply_adds else "",
        format_field(layer).replace(" ", ""),
    )


def _shorten(name: str) -> str:
    """Keep the end of a long name, which tells more."""
    plain = re.sub(r"\s+", " ", name)
    return plain if len(plain) <= _NAME else "…" + plain[1 - _NAME :]


def _count(number: int) -> str:
    for unit, size in (("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if number >= size:
            return f"{number / size:.3g} {unit}"
    return str(number)


def _bytes(number: int) -> str:
    return f"{number / 2**20:,.1f} MiB"
