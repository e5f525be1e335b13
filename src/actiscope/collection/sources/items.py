"""One picture of a collection, and how its bytes are read."""

import hashlib
import itertools
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from actiscope.collection.sources import remote, tars
from actiscope.collection.sources.tars import UNKNOWN
from actiscope.errors import ActiscopeError, ImageError, one_line
from actiscope.networks.streaming import map_ahead

_LARGEST = 1 << 30
"""Bytes of a file that is taken for a picture."""
_CONNECTIONS = 8
"""How many pictures are fetched at a time."""
_LARGEST_AHEAD = 1 << 24
"""Bytes of a file that is fetched ahead: there are up to two for each connection in memory."""
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""What a terminal obeys, and ends of lines."""

OnProblem = Callable[[str, str], None]
"""Told the name of what cannot be read, and why."""


@dataclass(frozen=True)
class Item:
    """One picture of a collection, not decoded yet.

    Parameters
    ----------
    name : str
        What it is called: its path or URL, or that of its shard and its name therein. One line of
        text: what is no text in the name of a file is escaped.
    path : str
        The file that holds its bytes, absolute, or its URL.
    offset, size : int
        Where in the file they begin, and how many there are; -1 if that is not known, or they do
        not lie there in one piece.
    stamp : str
        When that file was changed and how large it is, as far as that can be told: an item of the
        same name and stamp is not read again.
    data : bytes, optional
        The bytes, where they came with the finding.
    """

    name: str
    path: str
    offset: int
    size: int
    stamp: str
    data: bytes | None = field(default=None, repr=False, compare=False)

    def read(self) -> bytes:
        """Return its bytes.

        Raises
        ------
        ImageError
            If they cannot be read.
        """
        if self.data is not None:
            return self.data
        if self.size > _LARGEST:
            raise ImageError(f"it is too large for a picture: {self.size:,} bytes")
        try:
            if tars.is_packed(self.path) or (tars.is_tar(self.path) and self.size == UNKNOWN):
                return tars.member_at(self.path, self.offset)
            if remote.is_url(self.path):
                return remote.read(self.path, self.offset, self.size)
            with open(self.path, "rb") as file:
                file.seek(self.offset)
                return file.read(self.size)
        except (OSError, *tars.BROKEN) as error:
            raise ImageError(f"it cannot be read: {one_line(error)}") from None

    @property
    def is_elsewhere(self) -> bool:
        """Whether reading it means waiting for another machine."""
        return self.data is None and remote.is_url(self.path)

    def located(self) -> "Item":
        """Return it without its bytes."""
        return self if self.data is None else replace(self, data=None)


def content_id(data: bytes) -> int:
    """Return the id of a picture: 64 bits of the BLAKE2b hash of its bytes, signed."""
    digest = hashlib.blake2b(data, digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def fetched(items: Iterable[Item]) -> Iterator[Item]:
    """Read what lies on other machines ahead of its use, several at a time, in order.

    What is large, or cannot be read, is passed on as it is: it is read when it is used, which tells
    the reason.
    """
    for ahead, group in itertools.groupby(items, _is_fetched_ahead):
        if ahead:
            yield from map_ahead(_fetch, group, _CONNECTIONS)
        else:
            yield from group


def _is_fetched_ahead(item: Item) -> bool:
    return item.is_elsewhere and item.size <= _LARGEST_AHEAD


def _fetch(item: Item) -> Item:
    try:
        return replace(item, data=item.read())
    except ActiscopeError:
        return item


def as_text(path: str) -> str:
    r"""Return the name of a file as one line of text.

    Examples
    --------
    >>> as_text("caf\udce9.jpg") == r"caf\udce9.jpg"
    True
    """
    text = path.encode("utf-8", "backslashreplace").decode()
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def local_item(path: str, offset: int, size: int, stamp: str) -> Item:
    """Return an item that is a file of this machine."""
    return Item(as_text(path), os.path.abspath(path), offset, size, stamp)
