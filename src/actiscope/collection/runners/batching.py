"""A worker of this machine: it reads, runs and reduces pictures, into a batch of its own."""

import time
from dataclasses import dataclass, field
from typing import Protocol

from actiscope.collection.memory import give_back
from actiscope.collection.runners import Outcome, patience
from actiscope.collection.runners.reducing import Reducer
from actiscope.collection.settings import Batch, Settings
from actiscope.collection.sources import Item, content_id
from actiscope.errors import ActiscopeError

_TIDY = 2.0
"""Seconds after which memory is given back."""


class Register(Protocol):
    """What keeps a picture from being counted twice: a `Ledger`, or a line to one."""

    def known(self, images: list[int]) -> list[bool]:
        """Say which pictures are in the index, or claimed, by their ids."""

    def claim(self, images: list[int]) -> list[bool]:
        """Say which pictures may be added; the first who asks for one may."""


@dataclass
class Build:
    """What the workers of a build have in common.

    Parameters
    ----------
    register : Register
        Told what they add.
    write_every : float
        As for `Run`.
    started : float
        When the build began, as `time.monotonic` has it.
    """

    register: Register
    write_every: float
    started: float = field(default_factory=time.monotonic)


class Batcher:
    """Adds pictures to a batch, and gives that when it is time.

    Parameters
    ----------
    reducer : Reducer
        Runs them.
    settings : Settings
        What the index is built with.
    build : Build
        What it is part of.
    """

    def __init__(self, reducer: Reducer, settings: Settings, build: Build) -> None:
        self._reducer = reducer
        self._settings = settings
        self._build = build
        self._batch = Batch.empty(settings)
        self._begun: float | None = None
        self._tidied = 0.0

    def take(self, group: list[Item]) -> tuple[list[Outcome], Batch | None]:
        """Add files, and return what became of each, and the batch if it is to be written."""
        if self._begun is None:
            self._begun = time.monotonic()
        if time.monotonic() - self._tidied > _TIDY:
            give_back()
            self._tidied = time.monotonic()
        outcomes = self._add(group)
        kept_for = patience(self._begun - self._build.started, self._build.write_every)
        due = time.monotonic() - self._begun >= kept_for
        return outcomes, self.give() if due else None

    def give(self) -> Batch:
        """Return the batch, and begin another."""
        given, self._batch, self._begun = self._batch, Batch.empty(self._settings), None
        return given

    def _add(self, group: list[Item]) -> list[Outcome]:
        read: list[tuple[Item, int, bytes]] = []
        outcomes: list[Outcome] = []
        for item in group:
            try:
                data = item.read()
                read.append((item, content_id(data), data))
            except ActiscopeError as error:
                outcomes.append(self._fail(item, error))
        known = self._build.register.known([image for _, image, _ in read])
        outcomes += [
            self._keep(item, image, "copies")
            for (item, image, _), there in zip(read, known, strict=True)
            if there
        ]
        new = [each for each, there in zip(read, known, strict=True) if not there]
        answers = self._reducer.run([data for _, _, data in new])
        answered = []
        for (item, image, _), answer in zip(new, answers, strict=True):
            if isinstance(answer, ActiscopeError):
                outcomes.append(self._fail(item, answer))
            else:
                answered.append((item, image, answer))
        free = self._build.register.claim([image for _, image, _ in answered])
        for (item, image, answer), mine in zip(answered, free, strict=True):
            if mine:
                self._batch.add(image, answer.placement, answer.layers)
            outcomes.append(self._keep(item, image, "added" if mine else "copies"))
        return outcomes

    def _keep(self, item: Item, image: int, outcome: Outcome) -> Outcome:
        self._batch.files.append((item.located(), image))
        return outcome

    def _fail(self, item: Item, error: ActiscopeError) -> Outcome:
        self._batch.fail(item, str(error))
        return "failed"
