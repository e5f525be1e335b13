"""Numbers for people and for machines."""

import json
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from actiscope.collection.build import Progress

_SHOWN_EVERY = 0.2
"""Seconds."""


def print_json(data: Any) -> None:
    """Print data as JSON, floats at full precision."""
    print(json.dumps(data, indent=2, allow_nan=False))


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int]) -> None:
    """Print columns, those in `right` aligned to the right."""
    lines = [head, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        cells = [
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())


def say(message: str) -> None:
    """Tell how things stand, beside the result."""
    print(message, file=sys.stderr)


def show_progress(label: str) -> Callable[[int, int], None]:
    """Return a function that shows how far long work is, when it is told how much of how much.

    Nothing is shown where nobody looks: the bar is for a terminal.
    """
    bar = click.progressbar(length=1, label=label, file=sys.stderr)

    def tell(done: int, total: int) -> None:
        bar.length = total
        bar.update(done - bar.pos)
        if done == total:
            bar.render_finish()

    return tell


def show_building() -> "Callable[[Progress], None]":
    """Return a function that shows how far a build is: one line in a terminal, else nothing."""
    terminal = sys.stderr.isatty()
    shown = 0.0

    def tell(progress: "Progress") -> None:
        nonlocal shown
        done = progress.known + progress.added + progress.copies + progress.failed
        if not terminal or (progress.seconds - shown < _SHOWN_EVERY and done < progress.total):
            return
        shown = progress.seconds
        left = progress.seconds_left
        text = f"{done:,} of {progress.total:,}, {progress.rate:.0f} a second"
        if left is not None:
            text += f", {left / 60:.0f} min left" if left >= 120 else f", {left:.0f} s left"
        print(f"\r{text}, {progress.failed:,} failed\033[K", end="", file=sys.stderr, flush=True)
        if done >= progress.total:
            print(file=sys.stderr)

    return tell
