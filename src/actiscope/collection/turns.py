"""One build at a time for each index."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from actiscope.errors import OutputError


@contextlib.contextmanager
def one_build(path: str | os.PathLike[str]) -> Iterator[None]:
    """Keep other builds from an index. One that is killed keeps nobody, and leaves an empty file.

    Parameters
    ----------
    path : path-like
        The file of the index. Where nothing can be made beside it, nobody is kept: there is no
        build, either.

    Raises
    ------
    OutputError
        If another build is at it, or a file is in the way.
    """
    beside = lock_of(path)
    if beside.exists() and beside.stat().st_size:
        raise OutputError(f"cannot write {path}: {beside} is in the way")
    with contextlib.ExitStack() as stack:
        try:
            connection = sqlite3.connect(beside, timeout=0, isolation_level=None)
            stack.callback(connection.close)
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("BEGIN EXCLUSIVE")  # the system ends it with the process
            stack.callback(_remove, beside)
        except sqlite3.Error as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise OutputError(
                    f"cannot write {path}: another build is at it; wait for its end, or name "
                    "another file"
                ) from None
        yield


def lock_of(path: str | os.PathLike[str]) -> Path:
    """Return the file that lies beside an index while a build goes on; it is hidden."""
    real = Path(os.path.realpath(path))
    return real.with_name(f".{real.name}-building")


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):  # Windows keeps what is open
        path.unlink()
