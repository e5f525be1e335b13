"""Actors of Ray, on this machine or on all machines of a cluster.

Pictures are read here and sent to the actors, which need no access to them; each group of them
comes back reduced, once, however often Ray had to try.
"""

import socket
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from actiscope import __version__
from actiscope.collection.ledger import Ledger
from actiscope.collection.runners import LARGEST, Outcome, Run
from actiscope.collection.runners.cluster import connected
from actiscope.collection.runners.reducing import Reducer
from actiscope.collection.settings import Batch, Settings
from actiscope.collection.sources import Item, content_id
from actiscope.errors import ActiscopeError, ArgumentError, NetworkError, one_line
from actiscope.networks import Network
from actiscope.networks.catalogue import reopen_network
from actiscope.networks.origin import Origin
from actiscope.networks.streaming import map_ahead

if TYPE_CHECKING:
    from ray import ObjectRef
    from ray.actor import ActorHandle

_READERS = 8
"""Threads that read pictures here."""
_AHEAD = 2
"""Groups of pictures that an actor has, so that it need not wait for the next."""
_FEWEST, _MOST = 8, 128
"""Pictures of a group: ever more, so that little is sent back, and the last group is short."""
_PARTS = 16
_RETRIES = 3
_PATIENCE = 60.0
"""Seconds in which one actor at least has to begin."""


class RayRunner:
    """Actors, each with the network, opened from where it was opened here, and one core.

    Parameters
    ----------
    workers : int, optional
        How many actors; one a core by default.
    address : str, optional
        HOST:PORT of a cluster, or "auto" for the one that this machine is part of. By default Ray
        runs on this machine alone, for as long as the build does; a Ray that this process has
        started or joined already is used as it is.
    """

    def __init__(self, workers: int | None = None, address: str | None = None) -> None:
        self._workers = workers
        self._address = address

    @contextmanager
    def start(self, network: Network, settings: Settings) -> Iterator[Run]:
        """Join Ray and start the actors; they end with the work.

        Raises
        ------
        ArgumentError
            If there is no such cluster, or it has not so many cores.
        NetworkError
            If an actor cannot open the network, or finds another one.
        MissingExtraError
            If Ray is not installed.
        """
        if network.origin is None:
            raise NetworkError(
                f"{network.name} was made in this process, and no other can open it; "
                "open_network('file.py:function') can be opened anywhere"
            )
        with connected(self._address, self._workers) as workers:
            import ray

            actor: Any = ray.remote(num_cpus=1, max_restarts=-1, max_task_retries=_RETRIES)(_Worker)
            crew = [actor.remote(network.origin, settings, __version__) for _ in range(workers)]
            try:
                starting = {each.problem.remote(): each for each in crew}
                ready, _ = ray.wait(list(starting), timeout=_PATIENCE)
                if not ready:
                    raise ArgumentError(
                        f"no worker began in {_PATIENCE:.0f} s: the cluster's cores are busy"
                    )
                _check_begun(ready[0])
                yield lambda items, ledger, write_every: _Work(
                    starting, settings, ledger, write_every
                ).run(items)
            finally:
                for each in crew:
                    ray.kill(each)


class _Worker:
    """What runs in an actor; it keeps nothing from call to call, so that one may be repeated."""

    def __init__(self, origin: Origin, settings: Settings, version: str) -> None:
        self._settings = settings
        self._reducer: Reducer | None = None
        self._problem = ""
        try:
            self._reducer = Reducer(_open_same(origin, settings, version), settings)
        except ActiscopeError as error:
            self._problem = f"on {socket.gethostname()}: {error}"

    def problem(self) -> str:
        """Say what keeps it from working; nothing if nothing does."""
        return self._problem

    def reduce(self, pictures: list[tuple[int, bytes]]) -> tuple[Batch, dict[int, str]]:
        """Return what pictures add, and why some do not."""
        if self._reducer is None:
            raise NetworkError(self._problem)
        batch, failures = Batch.empty(self._settings), {}
        for start in range(0, len(pictures), self._reducer.most):
            some = pictures[start : start + self._reducer.most]
            answers = self._reducer.run([data for _, data in some])
            for (image, _), answer in zip(some, answers, strict=True):
                if isinstance(answer, ActiscopeError):
                    failures[image] = str(answer)
                else:
                    batch.add(image, answer.placement, answer.layers)
        return batch, failures


def _open_same(origin: Origin, settings: Settings, version: str) -> Network:
    if version != __version__:
        raise NetworkError(f"actiscope is {__version__} there, and {version} here")
    network = reopen_network(origin)
    if network.fingerprint() != settings.fingerprint:
        raise NetworkError(f"{origin.source} is another network there, or prepared otherwise")
    return network


class _Work:
    """Groups of pictures on their way to the actors and back."""

    def __init__(
        self,
        starting: "dict[ObjectRef[str], ActorHandle[Any]]",
        settings: Settings,
        ledger: Ledger,
        write_every: float,
    ) -> None:
        self._starting = dict(starting)
        self._settings = settings
        self._ledger = ledger
        self._write_every = write_every
        self._free: deque[ActorHandle[Any]] = deque()
        """Actors that take a group; each as often as it takes one."""
        self._groups: dict[ObjectRef[Any], tuple[ActorHandle[Any], list[tuple[Item, int]]]] = {}
        self._copies: dict[int, list[Item]] = {}
        """For each picture under way, other files with the same bytes."""
        self._outcomes: list[Outcome] = []
        self._done = 0
        self._begin()

    def _begin(self) -> None:
        self._batch, self._begun = Batch.empty(self._settings), time.monotonic()

    def run(self, items: Iterator[Item]) -> Iterator[Outcome | Batch]:
        import ray

        read = map_ahead(_read, items, _READERS)
        while True:
            self._send(read)
            yield from self._told()
            if not self._groups and self._free:
                break
            (ready,), _ = ray.wait([*self._groups, *self._starting])
            self._receive(ready)
            yield from self._told()
            if time.monotonic() - self._begun >= self._write_every:
                yield self._batch
                self._begin()
        yield self._batch

    def _told(self) -> list[Outcome]:
        told, self._outcomes = self._outcomes, []
        self._done += len(told)
        return told

    def _send(self, read: Iterator[tuple[Item, bytes | ActiscopeError | None]]) -> None:
        while self._free and (group := self._next_group(read)):
            actor = self._free.popleft()
            ref: ObjectRef[Any] = actor.reduce.remote([(image, data) for _, image, data in group])
            self._groups[ref] = actor, [(item, image) for item, image, _ in group]

    def _next_group(
        self, read: Iterator[tuple[Item, bytes | ActiscopeError | None]]
    ) -> list[tuple[Item, int, bytes]]:
        """Take pictures that are not in the index; files of the others are noted."""
        group = []
        actors = len({*self._free, *(actor for actor, _ in self._groups.values())})
        room = min(max(self._done // (_PARTS * actors), _FEWEST), _MOST)
        size = 0
        for item, found in read:
            data = _attempt(item) if found is None else found
            if isinstance(data, ActiscopeError):
                self._fail(item, str(data))
                continue
            image = content_id(data)
            if image in self._copies:
                self._copies[image].append(item)
            elif self._ledger.has(image):
                self._add(item, image, "copies")
            else:
                self._copies[image] = []
                group.append((item, image, data))
                size += len(data)
            if len(group) >= room or size >= LARGEST:
                break
        return group

    def _receive(self, ready: "ObjectRef[Any]") -> None:
        if ready in self._starting:
            actor = self._starting.pop(ready)
            _check_begun(ready)
            self._free.extend([actor] * _AHEAD)
            return
        actor, group = self._groups.pop(ready)
        more, failures = _get(ready, f"with the pictures from {group[0][0].name} on")
        self._free.append(actor)
        self._batch.merge(more)
        for item, image in group:
            copies = self._copies.pop(image)
            if image in failures:
                for each in (item, *copies):
                    self._fail(each, failures[image])
            else:
                self._ledger.claim(image)
                self._add(item, image, "added")
                for each in copies:
                    self._add(each, image, "copies")

    def _add(self, item: Item, image: int, outcome: Outcome) -> None:
        self._batch.files.append((item, image))
        self._outcomes.append(outcome)

    def _fail(self, item: Item, reason: str) -> None:
        self._batch.failures.append((item.name, reason))
        self._outcomes.append("failed")


def _read(item: Item) -> tuple[Item, bytes | ActiscopeError | None]:
    return item.located(), None if item.size > LARGEST else _attempt(item)


def _attempt(item: Item) -> bytes | ActiscopeError:
    try:
        return item.read()
    except ActiscopeError as error:
        return error


def _check_begun(ready: "ObjectRef[str]") -> None:
    problem = _get(ready, "opening the network")
    if problem:
        raise NetworkError(problem)


def _get(ready: "ObjectRef[Any]", doing: str) -> Any:
    """Return what an actor gave."""
    import ray
    from ray.exceptions import RayActorError, RayError, RayTaskError

    try:
        return ray.get(ready)
    except RayTaskError as error:
        if isinstance(error.cause, ActiscopeError):
            raise type(error.cause)(str(error.cause)) from None
        raise NetworkError(f"a worker failed: {one_line(error.cause)}") from None
    except RayActorError as error:
        raise NetworkError(
            f"a worker died {doing}, {_RETRIES + 1} times: {one_line(error)}"
        ) from None
    except RayError as error:
        raise NetworkError(f"Ray failed: {one_line(error)}") from None
