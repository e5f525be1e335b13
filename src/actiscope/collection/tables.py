"""Rows with names into a file, as they come: NumPy's, Parquet, or Zarr."""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from actiscope.collection.features import Row
from actiscope.errors import ArgumentError, OutputError
from actiscope.extras import require
from actiscope.files import open_whole, open_whole_folder

Block = tuple[list[str], npt.NDArray[np.float32]]
"""Names, and as many rows, (n, ...)."""

_BLOCK = 1 << 22
"""Bytes of the rows that are written at a time."""


def write_table(
    rows: Iterable[tuple[str, Row]],
    path: str | os.PathLike[str],
    about: Mapping[str, str] | None = None,
) -> int:
    """Write rows and their names to a file as they come: memory does not grow with their number.

    Parameters
    ----------
    rows : iterable of (str, ndarray of float32)
        Names and rows, all of one shape, (D,) or (C, H, W).
    path : path-like
        ``*.npy``: an array (N, D); the names go to the file of the same name, ``*.txt``, one a
        line. ``*.parquet``: columns `name`, and `values`, a list of fixed length D; the `shape` of
        a row is in the metadata of the file. ``*.zarr``: a group of `names` and `values`, an array
        (N, D) or (N, C, H, W). Where there is only D, maps lie channel by channel, row by row.
    about : mapping of str to str, optional
        What the rows are, kept in the metadata of Parquet and the attributes of Zarr.

    Returns
    -------
    int
        How many rows there are.

    Raises
    ------
    ArgumentError
        If there is no row, they differ in shape, or there is no such format.
    MissingExtraError
        If the format needs a package that is not installed.
    OutputError
        If it cannot be written; what was there before is then still there.
    """
    target = Path(path)
    write = WRITERS.get(target.suffix.lower())
    if write is None:
        raise ArgumentError(f"{target} must end in {', '.join(WRITERS)}")
    return write(_blocks(rows), target, about or {})


def _blocks(rows: Iterable[tuple[str, Row]]) -> Iterator[Block]:
    """Put rows together; a block is only good until the next one is taken."""
    names: list[str] = []
    block = np.empty(0, dtype="<f4")
    for name, row in rows:
        if not block.size:
            block = np.empty((max(1, _BLOCK // row.nbytes), *row.shape), dtype="<f4")
        if row.shape != block.shape[1:]:
            raise ArgumentError(
                f"{name} gives {_format(row.shape)} values, those before it "
                f"{_format(block.shape[1:])}: give a size that all pictures are brought to"
            )
        block[len(names)] = row
        names.append(name)
        if len(names) == len(block):
            yield names, block
            names = []
    if names:
        yield names, block[: len(names)]
    if not block.size:
        raise ArgumentError("there is no picture that can be read")


def _format(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))


def _write_npy(blocks: Iterator[Block], path: Path, _about: Mapping[str, str]) -> int:
    count, listed = 0, path.with_suffix(".txt")
    if listed.exists() and not path.exists():
        raise OutputError(f"{listed} is there, where the names of {path} would go; name another")
    with open_whole(path) as file, open_whole(listed) as listing:
        for names, block in blocks:
            if not count:
                _write_header(file, 0, block[0].size)
            count += len(names)
            file.write(block.data)
            listing.write("".join(f"{name}\n" for name in names).encode())
        file.seek(0)
        _write_header(file, count, block[0].size)  # which leaves room for any number of rows
    return count


def _write_header(file: Any, rows: int, length: int) -> None:
    header = {"descr": "<f4", "fortran_order": False, "shape": (rows, length)}
    np.lib.format.write_array_header_1_0(file, header)


def _write_parquet(blocks: Iterator[Block], path: Path, about: Mapping[str, str]) -> int:
    require("pyarrow")
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    count = 0
    with open_whole(path) as file:
        names, block = next(blocks)
        length = block[0].size
        schema = pa.schema(
            [("name", pa.string()), ("values", pa.list_(pa.float32(), length))],
            metadata={**about, "shape": json.dumps(block.shape[1:])},
        )
        with ParquetWriter(file, schema, compression="zstd", use_dictionary=False) as writer:
            while names:
                flat = pa.FixedSizeListArray.from_arrays(pa.array(block.reshape(-1)), length)
                writer.write_batch(pa.record_batch([pa.array(names), flat], schema=schema))
                count += len(names)
                names, block = next(blocks, ([], block))
    return count


def _write_zarr(blocks: Iterator[Block], path: Path, about: Mapping[str, str]) -> int:
    require("zarr")
    import zarr

    count = 0
    with open_whole_folder(path, "zarr.json") as folder:
        group = zarr.create_group(folder, attributes=dict(about))
        for names, block in blocks:
            if not count:
                shape, chunk = block.shape[1:], len(block)
                values = group.create_array(
                    "values", shape=(0, *shape), chunks=(chunk, *shape), dtype="<f4"
                )
                called = group.create_array("names", shape=(0,), chunks=(chunk,), dtype=str)
            end = count + len(names)
            values.resize((end, *shape))
            called.resize((end,))
            values[count:end] = block
            called[count:end] = np.array(names, dtype=object)
            count = end
    return count


WRITERS: dict[str, Callable[[Iterator[Block], Path, Mapping[str, str]], int]] = {
    ".npy": _write_npy,
    ".parquet": _write_parquet,
    ".zarr": _write_zarr,
}
"""What writes a file, by its suffix."""
