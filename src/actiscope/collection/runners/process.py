"""A worker of this machine in another process, which waits for no other thread of this one.

The two talk through pipes. Either of them ends when the other one has.
"""

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, BinaryIO, TypeVar

from actiscope.collection.memory import keep_free
from actiscope.collection.runners import Outcome
from actiscope.collection.runners.batching import Batcher, Build
from actiscope.collection.runners.job import Job
from actiscope.collection.runners.reducing import Reducer
from actiscope.collection.settings import Batch
from actiscope.collection.sources import Item
from actiscope.errors import ActiscopeError, NetworkError, one_line

Found = TypeVar("Found")

_CODE = (
    "import sys; sys.path[:] = sys.argv[1:]; "
    "from actiscope.collection.runners.process import serve; serve()"
)
_PATIENCE = 1.0
"""Seconds in which a process ends whose pipe has ended."""
_TOLD = 3
"""How many pictures are named that may have ended a process."""


class Channel:
    """Python objects through pipes, between two processes of one program.

    Parameters
    ----------
    reading, writing : binary file
        The ends of this process.
    """

    def __init__(self, reading: BinaryIO, writing: BinaryIO) -> None:
        self._reading = reading
        self._writing = writing

    def send(self, value: object) -> None:
        """Send something; `OSError` if nobody is there any more."""
        pickle.dump(value, self._writing, pickle.HIGHEST_PROTOCOL)
        self._writing.flush()

    def receive(self) -> Any:
        """Wait for what comes; `EOFError` if nobody is there any more."""
        return pickle.load(self._reading)  # noqa: S301 - what our own process sent

    def close(self) -> None:
        """Close both ends."""
        for end in (self._reading, self._writing):
            with suppress(OSError):
                end.close()


@dataclass(frozen=True)
class _Asked:
    """A question to the register of the build, and what it is about."""

    question: str
    images: list[int]


def can_begin() -> bool:
    """Say whether there is a Python to begin: a program that is frozen would begin itself."""
    return bool(sys.executable) and not getattr(sys, "frozen", False)


class Process:
    """A `Batcher` in another process.

    Parameters
    ----------
    job : Job
        What it does.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        if not can_begin():
            raise NetworkError("no process can be begun: there is no Python to run")
        command = [sys.executable, "-c", _CODE, *sys.path]
        try:
            self._popen = subprocess.Popen(  # noqa: S603 - our own Python
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                process_group=0,  # an interrupt is for the build alone, which then ends it
            )  # fmt: skip
        except OSError as error:
            raise NetworkError(f"no process can be begun: {one_line(error)}") from None
        self._channel = Channel(self._popen.stdout, self._popen.stdin)  # type: ignore[arg-type]

    def open(self) -> None:
        """Have it open the network, and do not wait."""
        with suppress(OSError):  # `wait` tells
            self._channel.send(self._job)

    def wait(self) -> None:
        """Wait until it has opened the network.

        Raises
        ------
        NetworkError
            If it cannot.
        """
        self._checked(self._receive("when it began"))

    def join(self, build: Build) -> None:
        """Become part of a build; as for all that follows, `NetworkError` if it has ended."""
        self._register = build.register
        self._ask((time.monotonic() - build.started, build.write_every), "when it began")

    def take(self, group: list[Item]) -> tuple[list[Outcome], Batch | None]:
        """Do what `Batcher.take` does."""
        names = ", ".join(item.name for item in group[:_TOLD])
        several = f"one of {names}" + " ..." * (len(group) > _TOLD) if len(group) > 1 else names
        done: tuple[list[Outcome], Batch | None] = self._ask(group, f"with {several}")
        return done

    def give(self) -> Batch:
        """Do what `Batcher.give` does."""
        batch: Batch = self._ask(None, "at the end")
        return batch

    def _ask(self, request: object, when: str) -> Any:
        """Send a request, answer to questions, and return what it returns."""
        answer = self._exchange(request, when)
        while isinstance(answer, _Asked):
            known = getattr(self._register, answer.question)(answer.images)
            answer = self._exchange(known, when)
        return self._checked(answer)

    def _exchange(self, value: object, when: str) -> Any:
        with suppress(OSError, ValueError):  # `_receive` tells
            self._channel.send(value)
        return self._receive(when)

    def _receive(self, when: str) -> Any:
        try:
            return self._channel.receive()
        except Exception:  # nothing came, or no answer
            raise NetworkError(f"a worker ended {when}, {self._cause()}") from None

    @staticmethod
    def _checked(answer: Any) -> Any:
        if isinstance(answer, ActiscopeError):
            raise answer
        return answer

    def _cause(self) -> str:
        try:
            code = self._popen.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            return "with an answer that is none"
        if code >= 0:
            return f"with exit code {code}"
        named = {each.value: each.name for each in signal.Signals}
        return f"killed by {named.get(-code, f'signal {-code}')}"

    def kill(self) -> None:
        """End it, whatever it does."""
        self._popen.kill()
        self._popen.wait()

    def close(self) -> None:
        """Close the pipes to it, once nobody waits for it any more."""
        self._channel.close()


class _Line:
    """The register of a build, from another process."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def known(self, images: list[int]) -> list[bool]:
        return self._ask("known", images)

    def claim(self, images: list[int]) -> list[bool]:
        return self._ask("claim", images)

    def _ask(self, question: str, images: list[int]) -> list[bool]:
        self._channel.send(_Asked(question, images))
        return self._channel.receive()  # type: ignore[no-any-return]


def serve() -> None:
    """Be the other process: answer to requests until nobody makes any."""
    from threadpoolctl import threadpool_limits

    keep_free()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the build is interrupted, and then ends it
    channel = Channel(os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb"))
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1):
        os.dup2(nothing, standard)  # what the code of a network prints does not get between
    with suppress(EOFError, OSError, pickle.UnpicklingError), threadpool_limits(1, "blas"):
        _answer(channel)


def _answer(channel: Channel) -> None:
    job = channel.receive()
    with ExitStack() as stack:
        reducer = _attempt(partial(_begin, job, stack))
        channel.send(reducer if isinstance(reducer, ActiscopeError) else None)
        if isinstance(reducer, ActiscopeError):
            return
        elapsed, write_every = channel.receive()
        build = Build(_Line(channel), write_every, time.monotonic() - elapsed)
        batcher = Batcher(reducer, job.settings, build)
        channel.send(None)
        while True:
            group = channel.receive()
            take = partial(batcher.take, group)
            channel.send(batcher.give() if group is None else _attempt(take))


def _begin(job: Job, stack: ExitStack) -> Reducer:
    reducer = job.begin()
    stack.enter_context(reducer.at_work(keeps_memory=True))
    return reducer


def _attempt(function: Callable[[], Found]) -> Found | ActiscopeError:
    try:
        return function()
    except ActiscopeError as error:
        return error
    except Exception as error:  # whatever a network raises
        return NetworkError(f"a worker failed: {one_line(error)}")
