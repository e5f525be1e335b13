"""Concepts by the names of folders and files."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from actiscope.errors import ArgumentError

DEFAULT_PATTERN = r"^([^-]+)-"
"""The word before the first "-": "shoes" of ``shoes-4f21.jpg``."""


def by_folder(pictures: Iterable[Path], folder: Path) -> dict[Path, str]:
    """Return the folder that each picture lies in, directly below that of the set."""
    return {path: path.relative_to(folder).parts[0] for path in pictures}


def by_pattern(pictures: Iterable[Path], pattern: str) -> dict[Path, str]:
    """Return what a pattern finds in the name of each file.

    Parameters
    ----------
    pictures : iterable of pathlib.Path
        The files.
    pattern : str
        A regular expression with one group, searched for in the name of the file.

    Returns
    -------
    dict of pathlib.Path to str
        Without those in whose name it does not occur.

    Raises
    ------
    ArgumentError
        If the pattern is none, or has not one group.
    """
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ArgumentError(f"the pattern {pattern!r} is no regular expression: {error}") from None
    if compiled.groups != 1:
        raise ArgumentError(
            f"the pattern {pattern!r} needs one group for the concept, such as '^([a-z]+)', "
            f"and has {compiled.groups}"
        )
    found = ((path, compiled.search(path.name)) for path in pictures)
    return {path: match[1] for path, match in found if match and match[1]}


def known_as(pictures: Sequence[Path], folder: Path) -> dict[str, Path]:
    """Return the pictures by what annotations may call them.

    Parameters
    ----------
    pictures : sequence of pathlib.Path
        The files.
    folder : pathlib.Path
        That of the set.

    Returns
    -------
    dict of str to pathlib.Path
        By path within the folder and by name, each with and without the suffix; without names that
        several pictures have.
    """
    paths = {path: path.relative_to(folder) for path in pictures}
    found: dict[str, Path] = {}
    for names in (
        {path: each.stem for path, each in paths.items()},
        {path: each.name for path, each in paths.items()},
        {path: each.with_suffix("").as_posix() for path, each in paths.items()},
        {path: each.as_posix() for path, each in paths.items()},
    ):
        counted = Counter(names.values())
        found |= {name: path for path, name in names.items() if counted[name] == 1}
    return found
