"""A layer's answer to every picture of a collection, one row a picture."""

import io
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from actiscope.checks import Size
from actiscope.collection.sources import Item, OnProblem, find_items
from actiscope.errors import ActiscopeError, ArgumentError
from actiscope.files import open_whole, write_file
from actiscope.networks import Network
from actiscope.networks.network import LayerKey
from actiscope.networks.streaming import map_ahead

Pool = Literal["mean", "max", "none"]
Row = npt.NDArray[np.float32]

_POOLS: dict[Pool, Callable[[npt.NDArray[Any]], npt.NDArray[Any]]] = {
    "mean": lambda maps: maps.mean(axis=(1, 2), dtype=np.float64),
    "max": lambda maps: maps.max(axis=(1, 2)),
    "none": lambda maps: maps.reshape(-1),
}


def features(
    network: Network,
    sources: Sequence[str | os.PathLike[str]],
    layer: LayerKey,
    *,
    pool: Pool = "mean",
    size: Size | None = None,
    workers: int | None = None,
    on_problem: OnProblem,
) -> Iterator[tuple[str, Row]]:
    """Run a network on a collection, as MATLAB's ``activations(..., OutputAs="rows")`` does.

    Parameters
    ----------
    network : Network
        The network.
    sources : sequence of path-like
        As for `find_items`.
    layer : str, int or Layer
        The layer.
    pool : "mean", "max" or "none"
        One number for each channel, or all values: channel by channel, row by row.
    size : int or (int, int), optional
        As for `build`.
    workers : int, optional
        How many threads; one a core by default.
    on_problem : callable
        Told the name of what cannot be read or run, and why; it is left out.

    Yields
    ------
    str
        Name of the picture, in the order of the sources.
    ndarray of float32, (D,)
        Its row.

    Raises
    ------
    ArgumentError
        If `pool` is none of these, or a source does not exist.
    LayerNotFoundError
        If there is no such layer.
    """
    if pool not in _POOLS:
        raise ArgumentError(f"values are pooled by {', '.join(get_args(Pool))}, not {pool!r}")
    name = network.layers.find(layer).name
    fixed = network.input_size if size is None and network.preparation.size is None else size

    def row_of(item: Item) -> tuple[str, Row | ActiscopeError]:
        try:
            data = io.BytesIO(item.read())
            maps = network.activations(data, name, size=fixed, threads=1).maps
        except ActiscopeError as error:
            return item.name, error
        return item.name, np.asarray(_POOLS[pool](maps), dtype=np.float32)

    for found, row in map_ahead(row_of, find_items(sources, on_problem), workers):
        if isinstance(row, ActiscopeError):
            on_problem(found, str(row))
        else:
            yield found, row


def write_features(rows: Iterator[tuple[str, Row]], path: str | os.PathLike[str]) -> int:
    """Write rows to an .npy file, (N, D), as they come, and their names beside it.

    Parameters
    ----------
    rows : iterator of (str, ndarray)
        Names and rows, all of one length.
    path : path-like
        The file, *.npy; the names go to one of the same name, *.txt, one a line.

    Returns
    -------
    int
        How many rows there are.

    Raises
    ------
    ArgumentError
        If there is no row, or they differ in length.
    OutputError
        If it cannot be written.
    """
    names: list[str] = []
    length = 0
    with open_whole(path) as file:
        for name, row in rows:
            if not names:
                length = len(row)
                _write_header(file, 0, length)
            if len(row) != length:
                raise ArgumentError(f"{name} gives {len(row)} values, those before it {length}")
            names.append(name)
            file.write(row.astype("<f4", copy=False).data)
        if not names:
            raise ArgumentError("there is no picture that can be read")
        file.seek(0)
        _write_header(file, len(names), length)  # which leaves room for any number of rows
    write_file(Path(path).with_suffix(".txt"), "".join(f"{name}\n" for name in names).encode())
    return len(names)


def _write_header(file: Any, rows: int, length: int) -> None:
    header = {"descr": "<f4", "fortran_order": False, "shape": (rows, length)}
    np.lib.format.write_array_header_1_0(file, header)
