"""Find the pictures of sources, of any kind."""

import glob
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from actiscope.collection.sources import local, remote, tars
from actiscope.collection.sources.items import Item, OnProblem, as_text
from actiscope.collection.sources.tars import UNKNOWN
from actiscope.errors import ActiscopeError, ArgumentError, one_line

_LISTS = (".txt", ".lst")
_BOM = b"\xef\xbb\xbf"
Sources = Sequence[str | os.PathLike[str]]


def find_items(
    sources: Sources, on_problem: OnProblem, is_left_out: Callable[[str], bool] = lambda _: False
) -> Iterator[Item]:
    """Find the pictures of some sources, one after the other.

    Parameters
    ----------
    sources : sequence of path-like
        Each a folder, with all below it; a glob such as ``photos/**/*.jpg``; a list, *.txt, of
        files and URLs, one a line, relative to it; tar files, packed or not, in which every member
        with the suffix of a picture is one (WebDataset's layout); a single picture; or the URL of
        any of these, as fsspec reads them: ``https://host/photos/``, ``s3://bucket/shards/*.tar``,
        ``zip://::photos.zip``. Hidden files are left out.
    on_problem : callable
        Told what cannot be read, and why.
    is_left_out : callable
        Told the path of a file, says whether it is left out.

    Yields
    ------
    Item
        Folders in the order of their names. A file may be no picture: nothing is opened but lists
        and tar files. What is in a tar file that is packed or elsewhere comes with its bytes.

    Raises
    ------
    ArgumentError
        If a source does not exist or cannot be reached, or a glob matches nothing.
    MissingExtraError
        If a URL needs a package that is not installed.
    """
    for item in _find(sources, on_problem):
        if tars.is_tar(item.path):
            yield from _members(item, on_problem)
        elif not is_left_out(item.path):
            yield item


def count_items(
    sources: Sources, is_left_out: Callable[[str], bool] = lambda _: False
) -> int | None:
    """Return how many `find_items` finds or tells of; None if it had to unpack tar files."""
    problems: list[str] = []

    def note(name: str, _reason: str) -> None:
        problems.append(name)

    count = 0
    for item in _find(sources, note):
        if is_left_out(item.path):
            continue
        if not tars.is_tar(item.path):
            count += 1
        elif tars.is_streamed(item.path):
            return None
        else:
            count += sum(1 for _ in _members(item, note))
    return count + len(problems)


def _find(sources: Sources, on_problem: OnProblem) -> Iterator[Item]:
    """Find pictures and tar files."""
    if not sources:
        raise ArgumentError("name at least one folder, list, glob, tar file or URL")
    names = [os.fspath(source) for source in sources]
    for source in names:
        if not source:
            raise ArgumentError("the name of a source is empty")
        known = remote.is_url(source) or os.path.lexists(source) or glob.has_magic(source)
        if not known or "\0" in source:
            raise ArgumentError(f"there is no file or folder {as_text(source)}")
    for source in names:
        yield from _items_of(source, on_problem)


def _items_of(source: str, on_problem: OnProblem) -> Iterator[Item]:
    if remote.is_url(source):
        yield from _remote(source, on_problem)
    elif os.path.isdir(source):
        for path in local.walk(source, on_problem):
            yield from _file(path, on_problem)
    elif not os.path.lexists(source):
        for path in local.matching(source):
            yield from _file(path, on_problem)
    elif source.lower().endswith(_LISTS):
        yield from _listed(source, on_problem)
    else:
        yield from _file(source, on_problem)


def _remote(url: str, on_problem: OnProblem) -> Iterator[Item]:
    name = url.partition("::")[0].partition("?")[0].lower()
    for found in remote.find(
        url, is_file=name.endswith((*_LISTS, *tars.PICTURES)) or tars.is_tar(url)
    ):
        if name.endswith(_LISTS):
            yield from _listed(found.url, on_problem)
        else:
            yield Item(as_text(found.url), found.url, 0, found.size, found.stamp)


def _listed(path: str, on_problem: OnProblem) -> Iterator[Item]:
    """Yield what a list names; one that lies elsewhere names nothing of this machine."""
    elsewhere = remote.is_url(path)
    try:
        for line in _lines(path):
            name = os.fsdecode(line)
            if remote.is_url(name) or elsewhere:
                url = remote.join(path, name) if elsewhere else name
                yield Item(as_text(url), url, 0, UNKNOWN, "")
            else:
                yield from _file(os.path.join(os.path.dirname(path), name), on_problem)
    except OSError as error:
        on_problem(as_text(path), f"it cannot be read as a list of files: {one_line(error)}")


def _lines(path: str) -> Iterator[bytes]:
    with tars.open_file(path) as file:
        for line in file:
            if b"\0" in line:
                raise OSError("it is no text")
            if line.strip() not in (b"", _BOM):
                yield line.removeprefix(_BOM).strip()


def _file(path: str, on_problem: OnProblem) -> Iterator[Item]:
    try:
        yield local.look_at(path)
    except OSError as error:
        reason = one_line(error)
        told = reason if reason.startswith("it is") else f"it cannot be read: {reason}"
        on_problem(as_text(path), told)


def _members(tar: Item, on_problem: OnProblem) -> Iterator[Item]:
    try:
        for member in tars.members(tar.path):
            yield replace(
                tar,
                name=f"{tar.name}/{as_text(member.name)}",
                offset=member.offset,
                size=member.size,
                data=member.data,
            )
    except (OSError, ActiscopeError, *tars.BROKEN) as error:
        on_problem(tar.name, f"it cannot be read as a tar file: {one_line(error)}")
