"""What runs a network on the pictures of a collection: this machine, or others."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Literal, Protocol

from actiscope.collection.ledger import Ledger
from actiscope.collection.settings import Batch, Settings
from actiscope.collection.sources import Item
from actiscope.networks import Network

_AT_FIRST = 1.0
"""Seconds after which the first batch is given."""
LARGEST = 32 << 20
"""Bytes of files after which no more are taken together, or read ahead."""
Outcome = Literal["added", "copies", "failed"]
"""What became of a file: a picture more, one with the same bytes as another, or neither."""
Run = Callable[[Iterator[Item], Ledger, float], Iterator[Outcome | Batch]]
"""Run some files, and give what became of each, and batches to write into the ledger.

The number is the seconds after which a batch is given, as `patience` has it: that much a kill may
lose.
"""


class Runner(Protocol):
    """Where the work of a build is done."""

    def start(self, network: Network, settings: Settings) -> AbstractContextManager[Run]:
        """Make ready what the work needs, and clear it away in the end.

        Parameters
        ----------
        network : Network
            What is run.
        settings : Settings
            What the index is built with.

        Returns
        -------
        context manager
            Gives the function that does the work.

        Raises
        ------
        ActiscopeError
            If there is nowhere to run it.
        """


def patience(begun: float, write_every: float) -> float:
    """Return after how many seconds a batch is given.

    Early at first, so that a build goes on even if it is killed again and again, then ever later,
    since each writing takes time.

    Parameters
    ----------
    begun : float
        Seconds from the first picture to the first one of the batch.
    write_every : float
        At most so many.

    Examples
    --------
    >>> [patience(begun, 10.0) for begun in (0.0, 1.0, 2.0, 4.0, 8.0, 18.0)]
    [1.0, 1.0, 2.0, 4.0, 8.0, 10.0]
    """
    return min(write_every, max(_AT_FIRST, begun))
