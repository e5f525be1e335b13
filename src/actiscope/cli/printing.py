"""Numbers for people and for machines."""

import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from actiscope.collection.build import Progress

Row = TypeVar("Row")

_NUMBER = re.compile(r"-?[\d,]+((?:\.\d+)?(?:e[+-]\d+)?)")
_SHOWN_EVERY = 0.2
"""Seconds."""
_MEASURED = 3
"""Seconds of work that tell how long all of it takes."""
_LONG = 60
"""Seconds that are worth a hint."""
_FAILURES = 5
"""How many are told to people."""


def print_json(data: Any) -> None:
    """Print data as JSON, floats at full precision."""
    print(json.dumps(data, indent=2, allow_nan=False))


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int]) -> None:
    """Print columns, those in `right` aligned to the right, numbers by their decimal points."""
    columns = []
    for number, title in enumerate(head):
        cells = [row[number] for row in rows]
        lines = [title, *(_on_points(cells) if number in right else cells)]
        width = max(map(len, lines))
        columns.append(
            [line.rjust(width) if number in right else line.ljust(width) for line in lines]
        )
    for line in zip(*columns, strict=True):
        print("  ".join(line).rstrip())


def _on_points(cells: Sequence[str]) -> list[str]:
    """Pad numbers, so that their points stand below each other where all end in one column."""
    numbers = [_NUMBER.fullmatch(cell) for cell in cells]
    if not all(numbers):
        return list(cells)
    ends = [len(number[1]) for number in numbers if number]
    return [cell + " " * (max(ends) - end) for cell, end in zip(cells, ends, strict=True)]


def say(message: str) -> None:
    """Tell how things stand, beside the result."""
    print(message, file=sys.stderr)


def say_failures(failures: Mapping[str, str]) -> None:
    """Tell what could not be read or run, and why; not all if there are many."""
    for name, reason in islice(failures.items(), _FAILURES):
        say(f"  {name}: {reason}")
    if len(failures) > _FAILURES:
        say(f"  ... and {len(failures) - _FAILURES:,} more; --json lists all")


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


def hint_if_long(
    hint: str, clock: Callable[[], float] = time.monotonic
) -> Callable[[int, int], None]:
    """Return a function that, told how much of how much is done, says once if the rest takes long.

    Parameters
    ----------
    hint : str
        What would be quicker.
    clock : callable
        Gives seconds; how fast it goes is measured from the first call on.

    Returns
    -------
    callable
        To be called with how many are done and how many there are.
    """
    first: tuple[float, int] | None = None
    is_measured = False

    def tell(done: int, total: int) -> None:
        nonlocal first, is_measured
        first = first or (clock(), done)
        seconds = clock() - first[0]
        if is_measured or seconds < _MEASURED:
            return
        is_measured = True
        left = seconds / (done - first[1]) * (total - done)
        if left > _LONG:
            newline = "\n" if sys.stderr.isatty() else ""
            say(f"{newline}about {left / 60:.0f} min left; {hint}")

    return tell


def show_building() -> "Callable[[Progress], None]":
    """Return a function that shows how far a build is: one line in a terminal, else nothing."""
    terminal = sys.stderr.isatty()
    shown = 0.0

    def tell(progress: "Progress") -> None:
        nonlocal shown
        over = progress.total is not None and progress.done >= progress.total
        if not terminal or (progress.seconds - shown < _SHOWN_EVERY and not over):
            return
        shown = progress.seconds
        left = progress.seconds_left
        of = "" if progress.total is None else f" of {progress.total:,}"
        text = f"{progress.done:,}{of}, {progress.rate:.0f} a second"
        if left is not None:
            text += f", {left / 60:.0f} min left" if left >= 120 else f", {left:.0f} s left"
        print(f"\r{text}, {progress.failed:,} failed\033[K", end="", file=sys.stderr, flush=True)
        if over:
            print(file=sys.stderr)

    return tell


def show_count(rows: Iterable[Row], called: str) -> Iterator[Row]:
    """Pass rows on, and show how many there were: one line in a terminal, else nothing."""
    terminal = sys.stderr.isatty()
    started = shown = time.monotonic()
    count = 0
    for count, row in enumerate(rows, 1):
        yield row
        now = time.monotonic()
        if terminal and now - shown >= _SHOWN_EVERY:
            shown = now
            print(
                f"\r{count:,} {called}, {count / (now - started):.0f} a second\033[K",
                end="", file=sys.stderr, flush=True,
            )  # fmt: skip
    if terminal and count:
        print("\r\033[K", end="", file=sys.stderr, flush=True)
