"""The file that an index lies in: SQLite, written in transactions."""

import contextlib
import hashlib
import json
import os
import sqlite3
import threading
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from actiscope.collection.accumulator import Accumulator
from actiscope.collection.schema import APPLICATION, SCHEMA, VERSION, statements_for
from actiscope.collection.settings import Batch, Settings, accumulator_for
from actiscope.collection.sources import Item
from actiscope.errors import ArgumentError, OutputError, one_line


class Store:
    """An index in its file; may be used from several threads.

    Parameters
    ----------
    path : path-like
        The file.
    settings : Settings, optional
        Open it for writing, and make it if there is none; without them it is only read.

    Raises
    ------
    ArgumentError
        If there is no such file, it is no index, or was built with other settings.
    OutputError
        If it cannot be written.
    """

    def __init__(self, path: str | os.PathLike[str], settings: Settings | None = None) -> None:
        self.path = Path(path)
        self._writing = settings is not None
        self._lock = threading.Lock()
        self._kept = ""
        """What is true of what was written before something failed."""
        if settings is None and not self.path.is_file():
            raise ArgumentError(f"there is no index {self.path}; `actiscope index build` makes one")
        if self._writing and not self.path.parent.is_dir():
            raise OutputError(f"cannot write {self.path}: there is no folder {self.path.parent}")
        if self.path.is_dir():
            raise OutputError(f"cannot write {self.path}: it is a folder; name a file")
        with self.telling():
            self._connection = self._connect()
        try:
            with self.telling():
                self.settings = self._read_settings(settings)
                self._writes = self.rows("SELECT count FROM writes")[0][0]
            self._kept = "; what was written before is still there"
        except BaseException:
            self._connection.close()
            raise

    def _connect(self) -> sqlite3.Connection:
        if self._writing:
            return sqlite3.connect(self.path, check_same_thread=False, isolation_level=None)
        uri = self.path.absolute().as_uri()
        for mode in ("mode=ro", "immutable=1"):  # the latter where nothing beside it can be made
            connection = sqlite3.connect(f"{uri}?{mode}", uri=True, check_same_thread=False)
            with contextlib.suppress(sqlite3.OperationalError):
                connection.execute("SELECT count(*) FROM sqlite_master")
                return connection
            connection.close()
            self._refuse_unfinished()
        raise sqlite3.OperationalError("unable to open database file")

    def _refuse_unfinished(self) -> None:
        """Refuse to read it without what was written last, which lies beside it."""
        for suffix in ("-wal", "-journal"):
            beside = Path(f"{self.path}{suffix}")
            if beside.is_file() and beside.stat().st_size:
                raise ArgumentError(
                    f"{self.path} cannot be read here: a build was stopped, and what it wrote last "
                    f"lies in {beside.name}; copy both to a folder that can be written"
                )

    def _read_settings(self, given: Settings | None) -> Settings:
        """Return what it was built with; a new file is begun, and what is no index is refused."""
        execute = self._connection.execute
        ours = execute("PRAGMA application_id").fetchone()[0] == APPLICATION
        if not ours:
            if execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                raise ArgumentError(f"{self.path} is no index: it is another database")
            if given is None:
                raise ArgumentError(f"{self.path} is no index yet: a build ended before it began")
            self._begin(given)
        version = execute("PRAGMA user_version").fetchone()[0]
        if version != VERSION:
            raise ArgumentError(
                f"{self.path} has version {version}, this actiscope reads version {VERSION}; "
                "build it again, under another name"
            )
        found = Settings.from_text(execute("SELECT text FROM settings").fetchone()[0])
        if given is not None:
            found.check_network(given.network["network"], given.fingerprint, self.path)
            difference = found.difference(given)
            if difference:
                raise ArgumentError(
                    f"{self.path} was built with {difference}; name another file, "
                    "or build as before"
                )
            execute("PRAGMA journal_mode = WAL")
            execute("PRAGMA synchronous = NORMAL")
        return found

    def _begin(self, settings: Settings) -> None:
        execute = self._connection.execute
        execute("BEGIN IMMEDIATE")
        for statement in (
            *SCHEMA.split(";"),
            f"PRAGMA application_id = {APPLICATION}",
            f"PRAGMA user_version = {VERSION}",
            "INSERT INTO writes VALUES (1, 0, FALSE)",
        ):
            execute(statement)
        execute("INSERT INTO settings VALUES (1, ?)", [settings.to_text()])
        execute("COMMIT")

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; one that was written is then a single file again."""
        with self._lock:
            if self._writing:
                with contextlib.suppress(sqlite3.Error):
                    self._connection.execute("PRAGMA journal_mode = DELETE")
            self._connection.close()

    @contextlib.contextmanager
    def telling(self) -> Iterator[None]:
        """Turn what SQLite says into one line."""
        try:
            yield
        except sqlite3.Error as error:
            reason = one_line(error)
            if not self._writing:
                raise ArgumentError(f"{self.path} is no index that can be read: {reason}") from None
            raise OutputError(f"cannot write {self.path}: {reason}{self._kept}") from None

    def rows(self, query: str, *values: Any) -> list[Any]:
        """Return what a query finds."""
        with self._lock, self.telling():
            return self._connection.execute(query, values).fetchall()

    def images_among(self, images: list[int]) -> set[int]:
        """Return those pictures that are in it, by their ids."""
        query = "SELECT id FROM images WHERE id IN (SELECT value FROM json_each(?))"
        return {image for (image,) in self.rows(query, json.dumps(images))}

    def has_file(self, item: Item) -> bool:
        """Say whether a file is in it and has not changed since."""
        query = """
            SELECT 1 FROM files JOIN images USING (id) WHERE name = ? AND stamp = ? AND start = ?
        """
        return bool(self.rows(query, item.name, item.stamp, item.offset))

    def accumulators(self) -> list[Accumulator]:
        """Return what is known of each layer."""
        return [self.accumulator(number) for number in range(len(self.settings.layers))]

    def accumulator(self, number: int) -> Accumulator:
        """Return what is known of a layer, by its place in the settings."""
        found = accumulator_for(self.settings, self.settings.layers[number])
        for (state,) in self.rows("SELECT state FROM states WHERE layer = ?", number):
            found.read(zlib.decompress(state))
        return found

    def begin_build(self, sources: Sequence[str]) -> None:
        """Note that it is not finished, and forget what of some sources could not be read.

        Parameters
        ----------
        sources : sequence of str
            Files, folders and URLs whose troubles will be told anew; by their names.

        Raises
        ------
        OutputError
            If it cannot be written.
        """
        with self._lock, self.telling(), self._connection:
            execute = self._connection.execute
            execute("BEGIN IMMEDIATE")
            execute("UPDATE writes SET finished = FALSE")
            for source in sources:
                name = source.rstrip("/\\")
                execute(
                    "DELETE FROM failures WHERE name = ? OR substr(name, 1, ?) IN (?, ?)",
                    [name, len(name) + 1, f"{name}/", f"{name}\\"],
                )

    def write(self, batch: Batch, totals: list[Accumulator], *, last: bool = False) -> None:
        """Add a batch, all of it or nothing.

        Parameters
        ----------
        batch : Batch
            New pictures.
        totals : list of Accumulator
            What is then known of each layer.
        last : bool
            Whether a build ends with it.

        Raises
        ------
        OutputError
            If it cannot be written, or something else wrote since it was opened.
        """
        added = statements_for(batch, totals)
        with self._lock, self.telling(), self._connection:
            execute = self._connection.execute
            execute("BEGIN IMMEDIATE")
            found = execute(
                "UPDATE writes SET count = count + 1, finished = ? WHERE count = ?",
                [last, self._writes],
            )
            if not found.rowcount:
                raise OutputError(f"{self.path} was written by another build at the same time")
            for statement, rows in added:
                self._connection.executemany(statement, rows)
        self._writes += 1

    def digest(self) -> str:
        """Return a hash of all that it says: equal for the same pictures, however it was built."""
        digest = hashlib.sha256(self.settings.compared().encode())
        for number, state in self.rows("SELECT layer, state FROM states ORDER BY layer"):
            digest.update(b"%d" % number + zlib.decompress(state))
        for query in (
            "SELECT id, placement FROM images ORDER BY id",
            "SELECT name, id FROM files ORDER BY name, id",
            "SELECT layer, id, vector FROM features ORDER BY layer, id",
            "SELECT name, start, reason FROM failures ORDER BY name, start",
        ):
            with self.telling():
                for row in self._connection.execute(query):
                    digest.update(repr(row).encode())
        return digest.hexdigest()


def find_settings(path: str | os.PathLike[str]) -> Settings | None:
    """Return what an index was built with; None where there is none that can be read."""
    try:
        with Store(path) as store:
            return store.settings
    except ArgumentError:
        return None
