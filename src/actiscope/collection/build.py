"""Pictures through a network into an index."""

import itertools
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from actiscope.checks import Size
from actiscope.collection.ledger import Ledger
from actiscope.collection.runners import Outcome, Runner
from actiscope.collection.runners.local import LocalRunner
from actiscope.collection.settings import Batch, make_settings
from actiscope.collection.sources import Item, count_items, find_items
from actiscope.collection.sources.items import as_text
from actiscope.collection.sources.local import among
from actiscope.collection.store import Store, find_settings
from actiscope.collection.turns import one_build
from actiscope.errors import ArgumentError
from actiscope.networks import Network
from actiscope.networks.network import LayerKey

_SECONDS = 10.0
"""How often is written what was done, once that has gone on for a while."""


@dataclass
class Progress:
    """How far a build is.

    Parameters
    ----------
    total : int, optional
        Files found, and what could not be looked into; None where that is only known at the end.
    known : int
        Those that were in the index before.
    added : int
        Pictures that were added.
    copies : int
        Files with the same bytes as another one.
    failed : int
        Files that could not be read or run.
    seconds : float
        Since the first picture was taken.
    """

    total: int | None
    known: int = 0
    added: int = 0
    copies: int = 0
    failed: int = 0
    seconds: float = 0.0

    def count(self, outcome: Outcome, seconds: float) -> None:
        """Count a file, so many seconds after the first was taken."""
        setattr(self, outcome, getattr(self, outcome) + 1)
        self.seconds = seconds

    @property
    def done(self) -> int:
        """Files that nothing is left to be done for."""
        return self.known + self.added + self.copies + self.failed

    @property
    def rate(self) -> float:
        """Files a second."""
        return (self.added + self.copies + self.failed) / self.seconds if self.seconds else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Seconds until it is done, at that rate; None while there is none."""
        if self.total is None or not self.rate:
            return None
        return max(self.total - self.done, 0) / self.rate


def build(
    network: Network,
    sources: Sequence[str | os.PathLike[str]],
    path: str | os.PathLike[str],
    layers: Sequence[LayerKey] | str | None = None,
    *,
    size: Size | None = None,
    top: int | None = None,
    per_image: int | None = None,
    runner: Runner | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    write_every: float = _SECONDS,
) -> Progress:
    """Run a network on a collection of pictures, and keep what its channels answered to.

    What is there already is not run again, so that a build that was stopped, even killed, goes on
    where it was when it is called again, and new pictures are added in the same way, with what is
    not given as it was. What is in the index stays there, though its file may go.

    Parameters
    ----------
    network : Network
        The network.
    sources : sequence of path-like
        As for `find_items`.
    path : path-like
        The file of the index.
    layers : sequence of str, int or Layer; "conv" or "all", optional
        Which layers; all convolutions, which is the default, or all.
    size : int or (int, int), optional
        What pictures are resized to; by default what the network says, or what it was trained on.
    top : int, optional
        How many of the strongest units are kept for each channel; 25 by default.
    per_image : int, optional
        At most how many of them are of one picture; 1 by default.
    runner : Runner, optional
        What does the work: a `LocalRunner` by default. The answer is the same.
    on_progress : callable, optional
        Told how far it is, after every picture.
    write_every : float
        Seconds after which is written what was done since, at most: that much a kill may lose, and
        a little more where writing takes long. At first it is written after one second.

    Returns
    -------
    Progress
        What was done.

    Raises
    ------
    ArgumentError
        If there is no picture to be read, or the index was built with other settings.
    LayerNotFoundError
        If there is no such layer.
    OutputError
        If the index cannot be written, or another build is at it.
    """
    tell = on_progress or (lambda _: None)
    real = os.path.realpath(path)
    is_own = among([f"{real}{suffix}" for suffix in ("", "-wal", "-shm", "-journal")])
    problems: list[tuple[str, str]] = []
    with one_build(path):
        known = find_settings(path)
        settings = make_settings(
            network, layers, size=size, top=top, per_image=per_image, like=known, path=path
        )
        progress = Progress(count_items(sources, is_own))
        items = find_items(sources, lambda *problem: problems.append(problem), is_own)
        first = next(items, None)
        if first is None:
            raise ArgumentError(_nothing_in(sources, problems))
        items = itertools.chain([first], items)
        with (
            (runner or LocalRunner()).start(network, settings) as run,
            Store(path, settings) as store,
        ):
            store.begin_build([as_text(os.fspath(source)) for source in sources])
            ledger = Ledger(store)

            def is_new(item: Item) -> bool:
                known = ledger.has_file(item)
                progress.known += known
                return not known

            started = time.monotonic()
            for told in run(filter(is_new, items), ledger, write_every):
                if isinstance(told, Batch):
                    ledger.write(told)
                else:
                    progress.count(told, time.monotonic() - started)
                    tell(progress)
            last = Batch.empty(settings)
            last.failures += [(name, 0, "", reason) for name, reason in problems]
            ledger.write(last, last=True)
    progress.failed += len(problems)
    progress.total = max(progress.total or 0, progress.done)  # some may have come meanwhile
    tell(progress)
    return progress


def _nothing_in(sources: Sequence[str | os.PathLike[str]], problems: list[tuple[str, str]]) -> str:
    where = ", ".join(as_text(os.fspath(source)) for source in sources)
    reason = f": {problems[0][0]}: {problems[0][1]}" if problems else ""
    return f"there is no picture in {where}{reason}"
