"""What a worker of Ray does: it opens the network, and answers to groups of pictures."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from actiscope.collection.runners.job import Job
from actiscope.collection.runners.reducing import Answer as Reduced
from actiscope.collection.runners.reducing import Reducer
from actiscope.collection.settings import Batch
from actiscope.errors import ActiscopeError, NetworkError

_TIMES = 3
"""How often a picture is begun after which a worker died."""
Begun = tuple[int, ...]
"""A group, by its number, or a picture of it, by its place."""


@dataclass(frozen=True)
class Answer:
    """What a group of pictures adds.

    Parameters
    ----------
    batch : Batch
        That.
    failures : dict of int to str
        Why some pictures add nothing, by their ids.
    problem : str
        Why the worker can do nothing at all.
    """

    batch: Batch
    failures: dict[int, str] = field(default_factory=dict)
    problem: str = ""


class Worker:
    """Keeps nothing from group to group, so that one may be given to it, or to others, again.

    A group that comes again may hold a picture that ended the process before: it is then run
    picture by picture, without those that were begun too often.

    Parameters
    ----------
    job : Job
        What is to be done.
    begin : callable
        Told what is begun, says how often it has been, by any worker.
    """

    def __init__(self, job: Job, begin: Callable[[Begun], int]) -> None:
        self._settings = job.settings
        self._begin = begin
        self._reducer: Reducer | None = None
        self._problem = ""
        try:
            self._reducer = job.begin()
        except NetworkError as error:
            self._problem = str(error)

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """Answer to a row of `dataset`."""
        answer = Answer(Batch.empty(self._settings), problem=self._problem)
        number, images, files = row["number"], row["images"], row["files"]
        if self._reducer is not None:
            again = self._begin((number,)) > 1
            most = 1 if again else self._reducer.most
            for start in range(0, len(files), most):
                some = slice(start, start + most)
                if again and self._begin((number, start)) > _TIMES:
                    answer.failures[images[start]] = f"a worker died with it, {_TIMES} times"
                else:
                    self._add(images[some], self._reducer.run(files[some]), answer)
        return {"number": number, "answer": answer}

    @staticmethod
    def _add(images: list[int], found: list[Reduced | ActiscopeError], answer: Answer) -> None:
        for image, each in zip(images, found, strict=True):
            if isinstance(each, ActiscopeError):
                answer.failures[image] = str(each)
            else:
                answer.batch.add(image, each.placement, each.layers)
