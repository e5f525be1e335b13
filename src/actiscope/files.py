"""Write files and folders whole or not at all."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from actiscope.errors import OutputError


def write_file(path: str | os.PathLike[str], data: bytes) -> Path:
    """Write `data` to `path`: beside it first, then renamed over it.

    Parameters
    ----------
    path : path-like
        The file to write. Its folder has to exist.
    data : bytes
        All of the file.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    OutputError
        If it cannot be written; what was there before is then still there.
    """
    target = Path(path)
    try:
        if target.is_dir():
            raise OutputError(f"cannot write {target}: it is a folder; name a file")
        handle, beside = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(beside).chmod(_mode_of(target))
            Path(beside).replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(beside).unlink()
            raise
    except FileNotFoundError:
        raise OutputError(f"cannot write {target}: there is no folder {target.parent}") from None
    except NotADirectoryError:
        raise OutputError(f"cannot write {target}: {target.parent} is not a folder") from None
    except OutputError:
        raise
    except OSError as error:
        raise OutputError(f"cannot write {target}: {error.strerror or error}") from None
    return target


@contextlib.contextmanager
def write_folder(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Fill a folder whole or not at all.

    Parameters
    ----------
    path : path-like
        The folder. It and those above it are made if need be; files of the same name are replaced,
        others stay.

    Yields
    ------
    pathlib.Path
        A folder beside it to write to. At the end of the block its files are moved to `path`; after
        an exception they are dropped.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    target = Path(path).absolute()
    try:
        if target.exists() and not target.is_dir():
            raise OutputError(f"cannot make the folder {path}: a file is in the way")
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as beside:
            yield Path(beside)
            target.mkdir(exist_ok=True)
            for file in Path(beside).iterdir():
                file.replace(target / file.name)
    except (FileExistsError, NotADirectoryError):
        raise OutputError(f"cannot make the folder {path}: a file is in the way") from None
    except OutputError:
        raise
    except OSError as error:
        raise OutputError(f"cannot write to {path}: {error.strerror or error}") from None


def _mode_of(path: Path) -> int:
    """Return the mode that `path` has, or that a new file would get."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
