"""Where a network was opened from, as plain data, and opening it again from that."""

import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from actiscope.errors import ArgumentError
from actiscope.networks.catalogue import open_network
from actiscope.networks.network import Network
from actiscope.networks.options import Options
from actiscope.networks.origin import Origin

_HERE = ("device", "strict")
"""What is of one machine, or of one run."""


def remember(origin: Origin) -> dict[str, Any]:
    """Return an origin as plain data, which JSON can hold."""
    options = {
        name: value
        for name, value in asdict(origin.options).items()
        if name not in _HERE and value not in (None, {})
    }
    if "weights" in options:
        options["weights"] = str(options["weights"])
    if "others" in options:
        options["others"] = {
            name: {"dtype": str(array.dtype), "values": array.tolist()}
            for name, array in options["others"].items()
        }
    return {"source": origin.source, "options": options}


def recall(data: dict[str, Any]) -> Origin:
    """Return the origin that `remember` made plain."""
    options = dict(data["options"])
    for name in ("size", "mean", "std"):
        if name in options:
            options[name] = tuple(options[name])
    options["others"] = {
        name: np.array(array["values"], dtype=array["dtype"])
        for name, array in options.get("others", {}).items()
    }
    return Origin(data["source"], Options(**options))


def open_again(
    origin: Origin | None, source: str | None, said: dict[str, Any], *, of: str
) -> Network:
    """Open a network as it was opened before, but for what is said otherwise.

    Parameters
    ----------
    origin : Origin, optional
        Where it was opened from, if that is known.
    source : str, optional
        Where it is; by default where it was.
    said : dict
        Options of `open_network` that are said.
    of : str
        What was made with it, for people.

    Returns
    -------
    Network
        What is there now, which may be another one.

    Raises
    ------
    ArgumentError
        If its source is not known, or is Python code: data runs none, so it has to be said again.
    ActiscopeError
        As for `open_network`.
    """
    if source is None and origin is None:
        raise ArgumentError(f"{of} does not say where its network came from: say --network")
    if origin is None or (source is not None and not _is_same(source, origin)):
        return open_network(source or "", **said)
    if source is None and _is_code(origin.source):
        raise ArgumentError(
            f"{of} was built with {origin.source}, which is code that would be run: say so, with "
            f"--network {origin.source}"
        )
    given = {name: value for name, value in said.items() if value not in (None, {})}
    return open_network(origin.source, **vars(replace(origin.options, **given)))


def _is_same(source: str, origin: Origin) -> bool:
    return Origin.of(source, Options()).source == origin.source


def _is_code(source: str) -> bool:
    """Say whether it is a function of a file or a module, or anything else with a colon."""
    return ":" in os.path.splitdrive(source)[1] and not Path(source).is_file()
