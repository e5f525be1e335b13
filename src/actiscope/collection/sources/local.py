"""Files and folders of this machine."""

import glob
import os
import stat
from collections.abc import Callable, Iterable, Iterator

from actiscope.collection.sources.items import Item, OnProblem, as_text, local_item
from actiscope.errors import ArgumentError, one_line


def matching(pattern: str) -> list[str]:
    """Return the files that a pattern names, in order.

    Raises
    ------
    ArgumentError
        If there is none.
    """
    found = sorted(path for path in glob.iglob(pattern, recursive=True) if os.path.isfile(path))
    if not found:
        raise ArgumentError(f"no file matches {as_text(pattern)}")
    return found


def walk(folder: str, on_problem: OnProblem) -> Iterator[str]:
    """Yield the files in a folder and all below it, in order; hidden ones are left out."""
    try:
        with os.scandir(folder) as entries:
            found = sorted(
                (entry.name, entry.is_dir(follow_symlinks=False))
                for entry in entries
                if not entry.name.startswith(".")
            )
    except OSError as error:
        on_problem(as_text(folder), f"it cannot be read: {one_line(error)}")
        return
    for name, is_folder in found:
        path = os.path.join(folder, name)
        if is_folder:
            yield from walk(path, on_problem)
        else:
            yield path


def look_at(path: str) -> Item:
    """Return a file as an item.

    Raises
    ------
    OSError
        If it cannot be looked at, or is none.
    """
    status = os.stat(path)
    if stat.S_ISDIR(status.st_mode):
        link = os.path.islink(path)
        raise OSError(
            "it is a link to a folder; name it as a source to have what is in it"
            if link
            else "it is a folder, not a file"
        )
    if not stat.S_ISREG(status.st_mode):
        raise OSError("it is no file")
    return local_item(path, 0, status.st_size, f"{status.st_mtime_ns}:{status.st_size}")


def among(files: Iterable[str]) -> Callable[[str], bool]:
    """Return what says of a path whether it leads to one of some files, by their real paths."""
    known = frozenset(files)
    names = {os.path.basename(path) for path in known}

    def is_among(path: str) -> bool:
        may_be = os.path.basename(path) in names or os.path.islink(path)
        return may_be and os.path.realpath(path) in known

    return is_among
