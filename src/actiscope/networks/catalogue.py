"""Networks by name."""

import difflib
from importlib import import_module

from actiscope.errors import NetworkError
from actiscope.networks.network import Network

BUILT_IN = {"squeezenet": "actiscope.networks.squeezenet:squeezenet"}
"""Where the function is that opens a network, as ``module:function``."""


def open_network(source: str = "squeezenet") -> Network:
    """Open a network by name.

    Parameters
    ----------
    source : str
        "squeezenet".

    Returns
    -------
    Network
        Ready to run.

    Raises
    ------
    NetworkError
        If there is no such network, or it cannot be opened.
    """
    if not isinstance(source, str):
        raise NetworkError(f"a network is named by a text, not by {source!r}")
    if source not in BUILT_IN:
        near = difflib.get_close_matches(source, BUILT_IN, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"there is: {', '.join(BUILT_IN)}"
        raise NetworkError(f"there is no network {source!r}; {hint}")
    module, function = BUILT_IN[source].split(":")
    network: Network = getattr(import_module(module), function)()
    return network
