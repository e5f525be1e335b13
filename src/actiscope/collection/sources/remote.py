"""Files elsewhere, by URL: whatever fsspec knows, from web servers to buckets and zip files."""

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from actiscope.errors import ActiscopeError, ArgumentError, MissingExtraError, one_line
from actiscope.extras import require

_URL = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_WEB = ("http", "https")
_CONNECT, _SILENT = 15.0, 60.0
"""Seconds in which a web server has to answer, and that it may be silent between two answers."""
_STAMPS = ("ETag", "etag", "CRC", "Last-Modified", "LastModified", "mtime", "updated", "created")
"""Where file systems say what changes with a file."""


@dataclass(frozen=True)
class RemoteFile:
    """A file elsewhere.

    Parameters
    ----------
    url : str
        Where it is.
    size : int
        In bytes; -1 if that is not said.
    stamp : str
        What changes when the file does, as far as that is said.
    """

    url: str
    size: int = -1
    stamp: str = ""


def is_url(path: str) -> bool:
    """Say whether a path is a URL.

    Examples
    --------
    >>> is_url("s3://bucket/a.jpg"), is_url("zip://::a.zip"), is_url("C:/a.jpg"), is_url("a.jpg")
    (True, True, False, False)
    """
    return _URL.match(path) is not None


def find(url: str, *, is_file: bool) -> Iterator[RemoteFile]:
    """Find the files of a URL: those that a pattern with ``*`` names, all below a folder, or one.

    Parameters
    ----------
    url : str
        The URL.
    is_file : bool
        Whether its name is that of a file, so that it need not be asked whether it is a folder.

    Raises
    ------
    ArgumentError
        If there is nothing, or its server cannot be reached.
    MissingExtraError
        If fsspec, or what it needs for that kind of URL, is not installed.
    """
    try:
        with _telling(url):
            system, path = _connect(url)
            if "*" in path:
                found = system.glob(path, detail=True).values()
                entries = iter(sorted((e for e in found if e["type"] == "file"), key=_name))
            elif not is_file and system.isdir(path):
                entries = _walk(system, path)
            else:
                entries = iter([system.info(path)])
        empty = True
        for entry in _told(entries, url):
            empty = False
            yield _file(url, entry)
    except OSError as error:
        raise ArgumentError(f"cannot read {url}: {one_line(error)}") from None
    if empty and "*" in path:
        raise ArgumentError(f"no file matches {url}")


def read(url: str, offset: int = 0, size: int = -1) -> bytes:
    """Return the bytes of a file, or some of them.

    Raises
    ------
    OSError
        If they cannot be read; its message is one line.
    """
    with _telling(url):
        system, path = _connect(url)
        if offset == 0:
            return bytes(system.cat_file(path))
        data = bytes(system.cat_file(path, start=offset, end=offset + size))
        return data if len(data) <= size else data[offset : offset + size]  # a server gave it all


@contextlib.contextmanager
def open_url(url: str) -> Iterator[IO[bytes]]:
    """Open a file to be read from its beginning; errors as for `read`."""
    with _telling(url):
        system, path = _connect(url)
        with system.open(path, "rb") as file:
            yield file


def join(base: str, name: str) -> str:
    """Return the URL of what lies beside another one.

    Examples
    --------
    >>> join("zip://lists/some.txt::all.zip", "one.jpg")
    'zip://lists/one.jpg::all.zip'
    """
    first, chained, rest = base.partition("::")
    return f"{first.rpartition('/')[0]}/{name}{chained}{rest}"


def _connect(url: str) -> tuple[Any, str]:
    require("fsspec")
    from fsspec.core import url_to_fs

    try:
        system, path = url_to_fs(url, **_options(url))
    except ImportError as error:
        raise MissingExtraError(f"{url} cannot be read here: {one_line(error)}") from None
    except ValueError as error:
        raise ArgumentError(f"{url} cannot be read: {one_line(error)}") from None
    return system, path


def _options(url: str) -> dict[str, Any]:
    """Return what the file systems of a URL are told: web servers that they have to answer."""
    used = [protocol for protocol in _WEB if f"{protocol}://" in url.lower()]
    if not used:
        return {}
    try:
        from aiohttp import ClientTimeout
    except ImportError:
        raise MissingExtraError(
            "aiohttp is needed for web servers and not installed: `pip install 'actiscope[fsspec]'`"
        ) from None
    timeout = ClientTimeout(total=None, sock_connect=_CONNECT, sock_read=_SILENT)
    return {
        protocol: {"client_kwargs": {"timeout": timeout, "trust_env": True}} for protocol in used
    }


def _walk(system: Any, folder: str) -> Iterator[Any]:
    for entry in sorted(system.ls(folder, detail=True), key=_name):
        name = _name(entry)
        last = name.rstrip("/").rpartition("/")[2]
        if last.startswith((".", "?")) or name.rstrip("/") == folder.rstrip("/"):
            continue
        if entry["type"] == "directory":
            yield from _walk(system, name)
        else:
            yield entry


def _told(entries: Iterator[Any], url: str) -> Iterator[Any]:
    while True:
        with _telling(url):
            entry = next(entries, None)
        if entry is None:
            return
        yield entry


def _name(entry: Any) -> str:
    return str(entry["name"])


def _file(url: str, entry: Any) -> RemoteFile:
    size = -1 if entry.get("size") is None else int(entry["size"])
    marks = (str(entry[key]) for key in _STAMPS if entry.get(key))
    return RemoteFile(_url_of(url, _name(entry)), size, f"{next(marks, '')}:{size}")


def _url_of(source: str, name: str) -> str:
    """Return the URL of what a listing of another one calls by a name."""
    first, chained, rest = source.partition("::")
    if rest and "://" not in rest:
        rest = os.path.abspath(rest)
    own = name if is_url(name) else f"{first.partition('://')[0]}://{name}"
    return f"{own}{chained}{rest}"


@contextlib.contextmanager
def _telling(url: str) -> Iterator[None]:
    """Turn whatever a file system raises into an OSError of one line."""
    try:
        yield
    except ActiscopeError:
        raise
    except Exception as error:
        raise OSError(_reason(error, url)) from None


def _reason(error: BaseException, url: str) -> str:
    cause = error.__cause__ or error
    if isinstance(cause, TimeoutError):
        return "the server did not answer in time"
    if hasattr(cause, "status") and hasattr(cause, "message"):  # aiohttp's
        return f"the server answers {cause.status} {cause.message}"
    text = one_line(cause)
    return "there is no such file" if isinstance(cause, FileNotFoundError) or text == url else text
