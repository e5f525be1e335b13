"""Where the pictures of a collection come from."""

import glob
import hashlib
import os
import tarfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from actiscope.errors import ArgumentError, ImageError, one_line

_LISTS = {".txt", ".lst"}
_PICTURES = {".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm"}
_LARGEST = 1 << 30
"""Bytes of a file that is taken for a picture."""

OnProblem = Callable[[str, str], None]
"""Told the name of what cannot be read, and why."""


@dataclass(frozen=True)
class Item:
    """One picture of a collection, not read yet.

    Parameters
    ----------
    name : str
        What it is called: its path, or that of its shard and its name therein.
    path : str
        The file that holds its bytes, absolute.
    offset, size : int
        Where in the file they begin, and how many there are.
    stamp : str
        When that file was changed and how large it is: an item of the same name and stamp is not
        read again.
    """

    name: str
    path: str
    offset: int
    size: int
    stamp: str

    def read(self) -> bytes:
        """Return its bytes.

        Raises
        ------
        ImageError
            If they cannot be read.
        """
        if self.size > _LARGEST:
            raise ImageError(f"it is too large for a picture: {self.size:,} bytes")
        try:
            with open(self.path, "rb") as file:
                file.seek(self.offset)
                return file.read(self.size)
        except OSError as error:
            raise ImageError(f"it cannot be read: {one_line(error)}") from None


def content_id(data: bytes) -> int:
    """Return the id of a picture: 64 bits of the BLAKE2b hash of its bytes, signed."""
    digest = hashlib.blake2b(data, digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def find_items(sources: Sequence[str | os.PathLike[str]], on_problem: OnProblem) -> Iterator[Item]:
    """Find the pictures of some sources, one after the other.

    Parameters
    ----------
    sources : sequence of path-like
        Each a folder, with all below it; a glob such as ``photos/**/*.jpg``; a list, *.txt, of
        files, one a line, relative to it; tar files, in which every member with the suffix of a
        picture is one (WebDataset's layout); or a single picture. Hidden files are left out.
    on_problem : callable
        Told what cannot be read, and why.

    Yields
    ------
    Item
        Folders in the order of their names. A file may be no picture: nothing is opened but lists
        and tar files.

    Raises
    ------
    ArgumentError
        If a source does not exist, or a glob matches nothing.
    """
    if not sources:
        raise ArgumentError("name at least one folder, list, glob or tar file")
    names = [os.fspath(source) for source in sources]
    for source in names:
        if not os.path.lexists(source) and not glob.has_magic(source):
            raise ArgumentError(f"there is no file or folder {source}")
    for source in names:
        yield from _items_of(source, on_problem)


def _items_of(source: str, on_problem: OnProblem) -> Iterator[Item]:
    if os.path.isdir(source):
        yield from _walk(source, on_problem)
    elif not os.path.lexists(source):
        found = sorted(path for path in glob.iglob(source, recursive=True) if os.path.isfile(path))
        if not found:
            raise ArgumentError(f"no file matches {source}")
        for path in found:
            yield from _file(path, on_problem)
    elif Path(source).suffix.lower() in _LISTS:
        yield from _listed(Path(source), on_problem)
    else:
        yield from _file(source, on_problem)


def _walk(folder: str, on_problem: OnProblem) -> Iterator[Item]:
    try:
        with os.scandir(folder) as entries:
            found = sorted(
                (entry for entry in entries if not entry.name.startswith(".")),
                key=lambda entry: entry.name,
            )
    except OSError as error:
        on_problem(folder, f"it cannot be read: {one_line(error)}")
        return
    for entry in found:
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path, on_problem)
        else:
            yield from _file(entry.path, on_problem)


def _listed(path: Path, on_problem: OnProblem) -> Iterator[Item]:
    try:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                if line.strip():
                    yield from _file(os.path.join(path.parent, line.strip()), on_problem)
    except (OSError, UnicodeDecodeError) as error:
        on_problem(str(path), f"it is no list of files: {one_line(error)}")


def _file(path: str, on_problem: OnProblem) -> Iterator[Item]:
    try:
        status = os.stat(path)
    except OSError as error:
        on_problem(path, f"it cannot be read: {one_line(error)}")
        return
    if not os.path.isfile(path):
        on_problem(path, "it is no file")
        return
    stamp = f"{status.st_mtime_ns}:{status.st_size}"
    if path.lower().endswith((".tar", ".tar.gz", ".tgz")):
        yield from _members(path, stamp, on_problem)
    else:
        yield Item(path, os.path.abspath(path), 0, status.st_size, stamp)


def _members(path: str, stamp: str, on_problem: OnProblem) -> Iterator[Item]:
    whole = os.path.abspath(path)
    try:
        with tarfile.open(path, "r:") as archive:
            for member in archive:
                archive.members = []  # type: ignore[attr-defined]  # or it would keep them all
                if member.isfile() and Path(member.name).suffix.lower() in _PICTURES:
                    yield Item(
                        f"{path}/{member.name}", whole, member.offset_data, member.size, stamp
                    )
    except (OSError, tarfile.TarError) as error:
        hint = "; unpack it with gunzip" if path.lower().endswith("gz") else ""
        on_problem(path, f"it is no tar file that can be read: {one_line(error)}{hint}")
