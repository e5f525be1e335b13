"""One build at a time for each index."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from actiscope.errors import OutputError

SUFFIX = "-building"
"""Of the file that lies beside an index while a build goes on."""


@contextlib.contextmanager
def one_build(path: str | os.PathLike[str]) -> Iterator[None]:
    """Keep other builds from an index. One that is killed keeps nobody, and leaves an empty file.

    Parameters
    ----------
    path : path-like
        The file of the index. Where nothing can be made beside it, nobody is kept.

    Raises
    ------
    OutputError
        If another build is at it.
    """
    beside = Path(f"{Path(path).resolve()}{SUFFIX}")
    with contextlib.ExitStack() as stack:
        try:
            connection = sqlite3.connect(beside, timeout=0, isolation_level=None)
            stack.callback(connection.close)
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("BEGIN IMMEDIATE")  # the system ends it with the process
            stack.callback(_remove, beside)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise OutputError(
                    f"cannot write {path}: another build is at it; wait for its end, or name "
                    "another file"
                ) from None
        yield


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):  # Windows keeps what is open
        path.unlink()
