"""Groups of pictures through Ray Data: a dataset that the driver fills while it is worked on."""

import asyncio
import itertools
import os
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import ray
from ray.actor import ActorHandle
from ray.data import ActorPoolStrategy, DataContext, Datasource, ReadTask
from ray.data.block import BlockMetadata

from actiscope.collection.runners.job import Job
from actiscope.collection.runners.worker import Answer, Begun, Worker

_Stored = list["ray.ObjectRef[pa.Table]"]


class Stream:
    """Groups on their way to the workers of Ray Data, and their answers.

    Parameters
    ----------
    job : Job
        What the workers do.
    workers : int
        How many, each with a core.
    """

    def __init__(self, job: Job, workers: int) -> None:
        self._job = job
        self._workers = workers
        actor: Any = ray.remote(num_cpus=0)(_Feed)
        self._feed: ActorHandle[Any] = actor.remote()
        self._sent = 0

    def send(self, group: list[tuple[int, bytes]]) -> int:
        """Give pictures, by their ids, to a worker, and return the number of the group."""
        images, files = zip(*group, strict=True)
        number, self._sent = self._sent, self._sent + 1
        self._feed.put.remote(number, [ray.put(_row(number, images, files))])
        return number

    def answers(self) -> Generator[tuple[int, Answer], None, None]:
        """Yield the number of a group and its answer, as they come; never ends."""
        batches = iter(self._dataset().iter_batches(batch_size=None, prefetch_batches=0))
        with _without_stderr():
            first = next(batches)
        for rows in itertools.chain([first], batches):
            for number, answer in zip(rows["number"], rows["answer"], strict=True):
                self._feed.drop.remote(int(number))
                yield int(number), answer

    def _dataset(self) -> ray.data.Dataset:
        context = DataContext.get_current().copy()
        context.enable_progress_bars = False
        context.raise_original_map_exception = True
        context.target_max_block_size = 1  # so that each group is a block, and goes at once
        with DataContext.current(context):
            fed = ray.data.read_datasource(_Fed(self._feed), override_num_blocks=1, num_cpus=0)
            worked: ray.data.Dataset = fed.map(
                Worker,
                fn_constructor_args=(self._job, partial(_begin, self._feed)),
                compute=ActorPoolStrategy(size=self._workers),
                num_cpus=1,
            )
        return worked


class _Feed:
    """Where groups wait until they are answered: the task that reads them may be begun again.

    Calls may overtake each other.
    """

    def __init__(self) -> None:
        self._groups: dict[int, _Stored] = {}
        """By number; nothing for those that are answered."""
        self._more = asyncio.Condition()
        self._begun: Counter[Begun] = Counter()

    async def put(self, number: int, group: _Stored) -> None:
        async with self._more:
            self._groups[number] = group
            self._more.notify_all()

    async def get(self, number: int) -> _Stored:
        async with self._more:
            await self._more.wait_for(lambda: number in self._groups)
        return self._groups[number]

    async def drop(self, number: int) -> None:
        self._groups[number] = []

    async def begin(self, begun: Begun) -> int:
        self._begun[begun] += 1
        return self._begun[begun]


class _Fed(Datasource):
    """One task, beside the driver, that reads what it is fed, and never ends."""

    def __init__(self, feed: "ActorHandle[Any]") -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._feed = feed

    @property
    def supports_distributed_reads(self) -> bool:
        return False

    def estimate_inmemory_data_size(self) -> None:
        return None

    def get_read_tasks(self, *_args: Any, **_options: Any) -> list[ReadTask]:
        unknown = BlockMetadata(num_rows=None, size_bytes=None, input_files=None, exec_stats=None)
        return [ReadTask(partial(_read, self._feed), unknown)]


def _begin(feed: "ActorHandle[Any]", begun: Begun) -> int:
    asked: ray.ObjectRef[int] = feed.begin.remote(begun)
    return ray.get(asked)


def _read(feed: "ActorHandle[Any]") -> Iterator[pa.Table]:
    for number in itertools.count():
        group: _Stored = ray.get(feed.get.remote(number))
        yield ray.get(group[0]) if group else _row(number)


def _row(number: int, images: tuple[int, ...] = (), files: tuple[bytes, ...] = ()) -> pa.Table:
    """Return a group as a row of the dataset; one that has been answered is empty."""
    kinds: dict[str, pa.DataType] = {
        "number": pa.int64(),
        "images": pa.list_(pa.int64()),
        "files": pa.list_(pa.binary()),
    }
    given: dict[str, Any] = {"number": [number], "images": [images], "files": [files]}
    return pa.table(given, schema=pa.schema(kinds))


@contextmanager
def _without_stderr() -> Iterator[None]:
    """Let nothing through for a moment: what Ray says of actors that it makes passes by Python."""
    kept = os.dup(2)
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
