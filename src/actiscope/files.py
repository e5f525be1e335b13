"""Write files and folders whole or not at all."""

import contextlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

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
    with open_whole(path) as file:
        file.write(data)
    target = Path(path)
    return target.resolve() if target.is_symlink() else target


@contextlib.contextmanager
def open_whole(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """Open a file to be written whole or not at all.

    Parameters
    ----------
    path : path-like
        The file. Its folder has to exist.

    Yields
    ------
    binary file
        A file beside it. At the end of the block it is renamed to `path`; after an exception it is
        dropped.

    Raises
    ------
    OutputError
        If it cannot be written; what was there before is then still there.
    """
    target = Path(path)
    with _telling(target):
        if target.is_dir():
            raise OutputError(f"cannot write {target}: it is a folder; name a file")
        if target.is_symlink():
            target = target.resolve()
        beside = _beside(target)
        try:
            with beside.open("xb") as file:
                yield file
            if target.exists():
                beside.chmod(target.stat().st_mode & 0o777)
            beside.replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                beside.unlink()
            raise


@contextlib.contextmanager
def open_whole_folder(path: str | os.PathLike[str], mark: str) -> Iterator[Path]:
    """Make a folder that is there whole or not at all.

    Parameters
    ----------
    path : path-like
        The folder. The one that it lies in has to exist.
    mark : str
        A file by which a folder is known that may be replaced, all of it. Another one is left.

    Yields
    ------
    pathlib.Path
        A folder beside it. At the end of the block it is renamed to `path`; after an exception it
        is dropped.

    Raises
    ------
    OutputError
        If it cannot be written; what was there before is then still there.
    """
    target = Path(path)
    with _telling(target):
        target = target.resolve() if target.is_symlink() else target
        if target.exists() and not (target / mark).is_file():
            raise OutputError(f"cannot write {target}: something else is there; name another")
        beside, before = _beside(target), _beside(target)
        try:
            beside.mkdir()
            yield beside
            if target.exists():
                target.rename(before)
            beside.rename(target)
        finally:
            if before.exists() and not target.exists():
                before.rename(target)
            shutil.rmtree(beside, ignore_errors=True)
            shutil.rmtree(before, ignore_errors=True)


def _beside(target: Path) -> Path:
    return target.with_name(f".actiscope-{secrets.token_hex(8)}")


@contextlib.contextmanager
def _telling(target: Path) -> Iterator[None]:
    """Turn what the system says of a file that is to be written into one line."""
    try:
        yield
    except FileNotFoundError:
        raise OutputError(f"cannot write {target}: there is no folder {target.parent}") from None
    except NotADirectoryError:
        raise OutputError(f"cannot write {target}: {target.parent} is not a folder") from None
    except OutputError:
        raise
    except OSError as error:
        raise OutputError(f"cannot write {target}: {error.strerror or error}") from None


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
    beside = str(target)
    try:
        if target.exists() and not target.is_dir():
            raise OutputError(f"cannot make the folder {path}: a file is in the way")
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".actiscope-", dir=target.parent) as beside:
            yield Path(beside)
            target.mkdir(exist_ok=True)
            for file in Path(beside).iterdir():
                file.replace(target / file.name)
    except (FileExistsError, NotADirectoryError):
        raise OutputError(f"cannot make the folder {path}: a file is in the way") from None
    except OutputError as error:
        raise OutputError(str(error).replace(f"{beside}{os.sep}", f"{path}{os.sep}")) from None
    except OSError as error:
        raise OutputError(f"cannot write to {path}: {error.strerror or error}") from None
