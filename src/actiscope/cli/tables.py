"""The table of an analysis, in a terminal of 80 columns or more."""

import re
import shutil
import textwrap
from collections.abc import Callable, Sequence
from typing import NamedTuple

import click

from actiscope.cli.printing import print_table
from actiscope.layers import format_size
from actiscope.networks.analysis import Analysis, Cost, format_field
from actiscope.wording import counted

_NAME = 19
_WIDTH = 76
_WIDE = 120
_COLOURS = {"error": "red", "warning": "yellow"}


class _Column(NamedTuple):
    """A column of the table."""

    head: str
    cell: Callable[[Cost], str]
    right: bool = True
    wide: bool = False
    """Whether it is shown in a wide terminal only."""


def print_analysis(analysis: Analysis, folds: Sequence[tuple[int, int, int]] | None = None) -> None:
    """Print the table, the totals and the issues.

    Parameters
    ----------
    analysis : Analysis
        What is printed.
    folds : sequence of (int, int, int), optional
        Blocks to print once: first row, rows in the block, how often it stands.
    """
    columns = _columns(shutil.get_terminal_size().columns)
    rows: list[tuple[str, ...]] = []
    starts = {first: (length, times) for first, length, times in folds or ()}
    index = 0
    while index < len(analysis.costs):
        length, times = starts.get(index, (1, 1))
        for cost in analysis.costs[index : index + length]:
            rows.append(tuple(column.cell(cost) for column in columns))
        if times > 1:
            last = index + length * times - 1
            text = f"... {times - 1} more like these {length}, to {last}"
            rows.append(("", text, *[""] * (len(columns) - 2)))
        index += length * times
    right = [position for position, column in enumerate(columns) if column.right]
    print_table([column.head for column in columns], rows, right)
    height, width = analysis.input_size
    print(
        f"\n{counted(len(analysis.costs), 'layer')}, "
        f"{counted(analysis.connections, 'connection')} at {height}x{width}\n"
        f"{counted(analysis.layers.learnables, 'learnable')}, "
        f"{counted(analysis.multiply_adds, 'multiply-add')}\n"
        f"{_bytes(analysis.memory)} of activations, {_bytes(analysis.peak_memory)} at a time\n"
        f"on {analysis.network['device']}; pictures: {analysis.network['preparation']['source']}"
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


def _shorten(name: str) -> str:
    """Keep the end of a long name, which tells more."""
    plain = re.sub(r"\s+", " ", name)
    return plain if len(plain) <= _NAME else "…" + plain[1 - _NAME :]


def _count(number: int) -> str:
    for unit, size in (("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if number >= size:
            return f"{number / size:.3g} {unit}"
    return str(number or "")


def _stride(cost: Cost) -> str:
    geometry = cost.layer.geometry
    return "" if geometry.is_global else f"{geometry.stride[0]:g}×{geometry.stride[1]:g}"


def _bytes(number: int) -> str:
    return f"{number / 2**20:,.1f} MiB"


def _columns(width: int) -> list[_Column]:
    """Return the columns that fit in a terminal."""
    return [column for column in _COLUMNS if not column.wide or width >= _WIDE]


_COLUMNS = (
    _Column("index", lambda cost: str(cost.layer.index)),
    _Column("name", lambda cost: _shorten(cost.layer.name), right=False),
    _Column("type", lambda cost: cost.layer.type, right=False, wide=True),
    _Column("size", lambda cost: format_size(cost.layer.size).replace(" ", "")),
    _Column("axes", lambda cost: cost.layer.axes, right=False),
    _Column(
        "learnables", lambda cost: f"{cost.layer.learnables:,}" if cost.layer.learnables else ""
    ),
    _Column("mult-adds", lambda cost: _count(cost.multiply_adds)),
    _Column("memory", lambda cost: _bytes(cost.memory), wide=True),
    _Column("stride", lambda cost: _stride(cost), wide=True),
    _Column("field", lambda cost: format_field(cost.layer).replace(" ", "")),
)
