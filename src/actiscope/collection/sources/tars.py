"""Members of tar files: plain ones are only looked through, packed ones and others' streamed."""

import lzma
import sys
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import IO, Self

from actiscope.collection.sources import remote

PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm")
_ZSTD = (".tar.zst", ".tzst")
_PACKED = (".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", *_ZSTD)
_LARGEST = 1 << 28
"""Bytes of a member that is taken for a picture while streaming."""
UNKNOWN = -1
"""Size of what is not known to lie in one piece."""
BROKEN = (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError)
"""What reading a damaged one raises, besides OSError."""


@dataclass(frozen=True)
class Member:
    """A picture in a tar file.

    Parameters
    ----------
    name : str
        As it is called therein.
    offset, size : int
        Where in the tar file, unpacked, its bytes begin, and how many there are; -1 if they do not
        lie there in one piece, since what holes in it hold was left out (``tar --sparse``).
    data : bytes, optional
        The bytes, where the file was streamed.
    """

    name: str
    offset: int
    size: int
    data: bytes | None


def is_tar(path: str) -> bool:
    """Say whether a path or URL is that of a tar file, packed or not."""
    return _without_query(path).endswith((".tar", *_PACKED))


def is_packed(path: str) -> bool:
    """Say whether it is that of a packed one."""
    return _without_query(path).endswith(_PACKED)


def is_streamed(path: str) -> bool:
    """Say whether it can only be read from its beginning, or had better be."""
    return is_packed(path) or remote.is_url(path)


def members(path: str) -> Iterator[Member]:
    """Find the pictures in a tar file: regular members with the suffix of one, but hidden ones.

    Parameters
    ----------
    path : str
        A path or URL.

    Yields
    ------
    Member
        In their order.

    Raises
    ------
    OSError, or one of BROKEN
        If it cannot be read; what came before it could.
    """
    streamed = is_streamed(path)
    for archive, member in _walk(path):
        hidden = member.name.rpartition("/")[2].startswith(".")
        if member.name.lower().endswith(PICTURES) and not hidden:
            wanted = streamed and member.size <= _LARGEST
            data = _read(archive, member) if wanted else None
            size = UNKNOWN if member.issparse() else member.size
            yield Member(member.name, member.offset_data, size, data)


class _Header(tarfile.TarInfo):
    """A header of a member. An archive that breaks off is no archive that ends, as to tarfile."""

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> Self:
        """Read the next header."""
        try:
            return super().fromtarfile(archive)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]
            raise
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(f"it breaks off: {error}") from None


def member_at(path: str, offset: int) -> bytes:
    """Return the member whose bytes begin at an offset; errors as for `members`."""
    for archive, member in _walk(path):
        if member.offset_data == offset:
            return _read(archive, member)
    raise OSError("it is not in the tar file any more")


def _walk(path: str) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo]]:
    """Go through the regular members of a tar file."""
    if _without_query(path).endswith(_ZSTD) and sys.version_info < (3, 14):
        raise OSError("Python 3.14 or later unpacks zstd; unpack it with `unzstd`")
    mode = "r|*" if is_streamed(path) else "r:"
    with (
        open_file(path) as file,
        tarfile.open(fileobj=file, mode=mode, tarinfo=_Header) as archive,  # type: ignore[call-overload]
    ):
        for member in archive:
            archive.members = []  # or it would keep them all
            if member.isfile():
                yield archive, member


def open_file(path: str) -> AbstractContextManager[IO[bytes]]:
    """Open a path or URL to be read from its beginning."""
    return remote.open_url(path) if remote.is_url(path) else open(path, "rb")


def _read(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    data = file.read() if file else b""
    if len(data) != member.size:
        raise tarfile.ReadError("unexpected end of data")
    return data


def _without_query(path: str) -> str:
    return (path.partition("?")[0] if remote.is_url(path) else path).partition("::")[0].lower()
