"""Pictures through a network into an index, on all cores."""

import io
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from actiscope.activations import Activations
from actiscope.checks import Size
from actiscope.collection.settings import Batch, make_settings
from actiscope.collection.sources import Item, OnProblem, content_id, find_items
from actiscope.collection.store import Store
from actiscope.errors import ActiscopeError, NetworkError
from actiscope.networks import Network
from actiscope.networks.network import LayerKey
from actiscope.networks.streaming import map_ahead

_SECONDS = 5.0
"""How often is written what was done."""
_Outcome = Literal["added", "copies", "failed"]


@dataclass
class Progress:
    """How far a build is.

    Parameters
    ----------
    total : int
        Files found.
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

    total: int
    known: int = 0
    added: int = 0
    copies: int = 0
    failed: int = 0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Files a second."""
        return (self.added + self.copies + self.failed) / self.seconds if self.seconds else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Seconds until it is done, at that rate; None while there is none."""
        left = self.total - self.known - self.added - self.copies - self.failed
        return max(left, 0) / self.rate if self.rate else None


def build(
    network: Network,
    sources: Sequence[str | os.PathLike[str]],
    path: str | os.PathLike[str],
    layers: Sequence[LayerKey] | str = "conv",
    *,
    size: Size | None = None,
    top: int = 25,
    per_image: int = 1,
    workers: int | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    write_every: float = _SECONDS,
) -> Progress:
    """Run a network on a collection of pictures, and keep what its channels answered to.

    What is there already is not run again, so that a build that was stopped, even killed, goes on
    where it was when it is called again, and new pictures are added in the same way. What is in the
    index stays there, though its file may go.

    Parameters
    ----------
    network : Network
        The network.
    sources : sequence of path-like
        As for `find_items`.
    path : path-like
        The file of the index.
    layers : sequence of str, int or Layer; "conv" or "all"
        Which layers; all convolutions, or all.
    size : int or (int, int), optional
        What pictures are resized to; by default what the network says, or what it was trained on.
    top : int
        How many of the strongest units are kept for each channel.
    per_image : int
        At most how many of them are of one picture.
    workers : int, optional
        How many threads; one a core by default.
    on_progress : callable, optional
        Told how far it is, after every picture.
    write_every : float
        Seconds after which is written what was done since: that much a kill may lose.

    Returns
    -------
    Progress
        What was done.

    Raises
    ------
    ArgumentError
        If there is nothing to be read, or the index was built with other settings.
    LayerNotFoundError
        If there is no such layer.
    OutputError
        If the index cannot be written.
    """
    settings = make_settings(network, layers, size=size, top=top, per_image=per_image)
    total = sum(1 for _ in _items(sources, path, lambda _name, _reason: None))
    problems: list[tuple[str, str]] = []
    items = _items(sources, path, lambda *problem: problems.append(problem))
    with Store(path, settings) as store:
        building = _Build(network, store, total, write_every)
        return building.run(items, problems, workers, on_progress or (lambda _: None))


def _items(
    sources: Sequence[str | os.PathLike[str]], index: str | os.PathLike[str], on_problem: OnProblem
) -> Iterator[Item]:
    """Find what is read; the index may lie among it."""
    own = {f"{Path(index).absolute()}{suffix}" for suffix in ("", "-wal", "-shm", "-journal")}
    return (item for item in find_items(sources, on_problem) if item.path not in own)


class _Build:
    """One run of a build.

    A worker reads, runs and reduces one picture at a time, into a batch that no other worker has at
    that time; batches that are old enough are merged and written by the thread that called.
    """

    def __init__(self, network: Network, store: Store, total: int, write_every: float) -> None:
        self._network = network
        self._store = store
        self._settings = store.settings
        self._names = [layer.name for layer in store.settings.layers]
        self._write_every = write_every
        self._progress = Progress(total)
        self._totals = store.accumulators()
        self._idle: list[tuple[float, Batch]] = []
        """Batches that no worker has, and when they were begun."""
        self._taken: set[int] = set()
        """Pictures that are in a batch."""
        self._lock = threading.Lock()

    def run(
        self,
        items: Iterator[Item],
        problems: list[tuple[str, str]],
        workers: int | None,
        on_progress: Callable[[Progress], None],
    ) -> Progress:
        progress = self._progress
        started = time.monotonic()
        for outcome, batch in map_ahead(self._take, filter(self._is_new, items), workers):
            setattr(progress, outcome, getattr(progress, outcome) + 1)
            progress.seconds = time.monotonic() - started
            on_progress(progress)
            if batch is not None:
                self._write(batch)
        progress.failed += len(problems)
        last = Batch.empty(self._settings)
        last.failures += problems
        for _, batch in self._idle:
            last.merge(batch)
        self._write(last)
        on_progress(progress)
        return progress

    def _write(self, batch: Batch) -> None:
        for total, more in zip(self._totals, batch.accumulators, strict=True):
            total.merge(more)
            total.images.clear()  # the store knows them
        with self._lock:
            self._store.write(batch, self._totals)
            self._taken.difference_update(batch.placements)

    def _is_new(self, item: Item) -> bool:
        with self._lock:
            known = self._store.has_file(item)
        self._progress.known += known
        return not known

    def _take(self, item: Item) -> tuple[_Outcome, Batch | None]:
        """Add a picture to a batch, and return the batch if it is to be written."""
        try:
            begun, batch = self._idle.pop()
        except IndexError:
            begun, batch = time.monotonic(), Batch.empty(self._settings)
        try:
            outcome = self._add(item, batch)
        except ActiscopeError as error:
            batch.failures.append((item.name, str(error)))
            outcome = "failed"
        if time.monotonic() - begun >= self._write_every:
            return outcome, batch
        self._idle.append((begun, batch))
        return outcome, None

    def _add(self, item: Item, batch: Batch) -> _Outcome:
        """Add a picture to a batch, unless another one has the same bytes."""
        data = item.read()
        image = content_id(data)
        added = False
        if not self._is_taken(image):
            answers = self._network.activations(
                io.BytesIO(data), self._names, size=self._settings.size, threads=1
            )
            self._check(answers)
            added = self._claim(image)
            if added:
                batch.placements[image] = next(iter(answers.values())).placements[0]
                batch.features[image] = [_pooled(answer) for answer in answers.values()]
                for accumulator, answer in zip(batch.accumulators, answers.values(), strict=True):
                    accumulator.add(image, answer.maps)
        batch.files.append((item, image))
        return "added" if added else "copies"

    def _check(self, answers: dict[str, Activations]) -> None:
        for layer, answer in zip(self._settings.layers, answers.values(), strict=True):
            expected = (layer.channels, layer.rows, layer.cols)
            if answer.maps.shape != expected:
                raise NetworkError(
                    f"layer {layer.name!r} gives values of another size for this picture: "
                    f"{answer.maps.shape} instead of {expected}"
                )
            if not np.isfinite(answer.maps).all():
                raise NetworkError(f"layer {layer.name!r} gives values that are no finite numbers")

    def _is_taken(self, image: int) -> bool:
        with self._lock:
            return image in self._taken or self._store.has_image(image)

    def _claim(self, image: int) -> bool:
        """Say whether this is the first that has the bytes of an image."""
        with self._lock:
            if image in self._taken or self._store.has_image(image):
                return False
            self._taken.add(image)
            return True


def _pooled(answer: Activations) -> bytes:
    means = answer.maps.mean(axis=(1, 2), dtype=np.float64)
    return bytes(means.astype("<f4").data)
