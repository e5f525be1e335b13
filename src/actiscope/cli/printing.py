"""Numbers for people and for machines."""

import json
import sys
from collections.abc import Sequence
from typing import Any


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
