"""The tables of an index, and what adds to them."""

import json
import os
from typing import Any

from actiscope.collection.accumulator import Accumulator
from actiscope.collection.settings import Batch
from actiscope.deflate import deflate

VERSION = 4
APPLICATION = 0x61637469
SCHEMA = """
CREATE TABLE settings (one INTEGER PRIMARY KEY CHECK (one = 1), text TEXT NOT NULL);
CREATE TABLE writes (
    one INTEGER PRIMARY KEY CHECK (one = 1), count INTEGER NOT NULL, finished INTEGER NOT NULL
);
CREATE TABLE states (layer INTEGER PRIMARY KEY, state BLOB NOT NULL);
CREATE TABLE images (id INTEGER PRIMARY KEY, placement TEXT NOT NULL);
CREATE TABLE files (
    name TEXT, id INTEGER, path TEXT NOT NULL, start INTEGER NOT NULL, size INTEGER NOT NULL,
    stamp TEXT NOT NULL, PRIMARY KEY (name, id)
) WITHOUT ROWID;
CREATE INDEX files_of_image ON files (id);
CREATE TABLE failures (
    name TEXT, start INTEGER, stamp TEXT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (name, start)
) WITHOUT ROWID;
CREATE TABLE features (layer INTEGER, id INTEGER, vector BLOB NOT NULL, PRIMARY KEY (layer, id))
    WITHOUT ROWID;
"""


def statements_for(batch: Batch, totals: list[Accumulator]) -> list[tuple[str, list[Any]]]:
    """Return the statements that add a batch, each with its rows."""
    placements = [(image, json.dumps(vars(each))) for image, each in batch.placements.items()]
    features = [
        (number, image, vector)
        for image, vectors in batch.features.items()
        for number, vector in enumerate(vectors)
    ]
    files = [
        (i.name, image, _stored(i.path), i.offset, i.size, i.stamp) for i, image in batch.files
    ]
    states = [(number, deflate(each.to_bytes())) for number, each in enumerate(totals)]
    return [
        ("INSERT INTO images VALUES (?, ?)", placements),
        ("INSERT INTO features VALUES (?, ?, ?)", features),
        ("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)", files),
        (
            "DELETE FROM failures WHERE name = ? AND (start = ? OR stamp <> ?)",
            [(i.name, i.offset, i.stamp) for i, _ in batch.files],
        ),
        (
            "DELETE FROM failures WHERE name = ? AND stamp <> ?",
            [(name, stamp) for name, _, stamp, _ in batch.failures],
        ),
        ("INSERT OR REPLACE INTO failures VALUES (?, ?, ?, ?)", batch.failures),
        ("INSERT OR REPLACE INTO states VALUES (?, ?)", states),
    ]


def _stored(path: str) -> str | bytes:
    """Return a path as SQLite takes it: text, or bytes where it is none."""
    return path if path.isprintable() else os.fsencode(path)
