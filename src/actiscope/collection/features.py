"""A layer's answer to every picture of a collection, one row a picture."""

import io
import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from actiscope.checks import Size
from actiscope.collection.sources import Item, OnProblem, fetched, find_items
from actiscope.errors import ActiscopeError, ArgumentError, without_frames
from actiscope.images import ImageSource
from actiscope.networks import Network
from actiscope.networks.network import LayerKey
from actiscope.networks.streaming import run_ahead, threads_of_each

Pool = Literal["mean", "max", "none"]
Row = npt.NDArray[np.float32]

_POOLS: dict[Pool, Callable[[npt.NDArray[Any]], npt.NDArray[Any]]] = {
    "mean": lambda maps: maps.mean(axis=(1, 2), dtype=np.float64),
    "max": lambda maps: maps.max(axis=(1, 2)),
    "none": lambda maps: maps,
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
        One number for each channel, or all values.
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
    ndarray of float32, (C,), or (C, H, W) if they are not pooled
        Its row.

    Raises
    ------
    ArgumentError
        If `pool` is none of these, or a source does not exist.
    LayerNotFoundError
        If there is no such layer.
    """
    row_of = row_maker(network, layer, pool=pool, size=size)

    def read(item: Item) -> tuple[str, Row | ActiscopeError]:
        try:
            return item.name, row_of(io.BytesIO(item.read()))
        except ActiscopeError as error:
            return item.name, without_frames(error)

    for found, row in run_ahead(network, read, fetched(find_items(sources, on_problem)), workers):
        if isinstance(row, ActiscopeError):
            on_problem(found, str(row))
        else:
            yield found, row


def row_maker(
    network: Network, layer: LayerKey, *, pool: Pool = "mean", size: Size | None = None
) -> Callable[[ImageSource], Row]:
    """Return a function that gives the row of a picture; arguments and errors as of `features`."""
    if pool not in _POOLS:
        raise ArgumentError(f"values are pooled by {', '.join(get_args(Pool))}, not {pool!r}")
    name = network.layers.find(layer).name
    threads = threads_of_each(network)
    fixed = network.input_size if size is None and network.preparation.size is None else size

    def row_of(image: ImageSource) -> Row:
        maps = network.activations(image, name, size=fixed, threads=threads).maps
        return np.asarray(_POOLS[pool](maps), dtype=np.float32)

    return row_of
