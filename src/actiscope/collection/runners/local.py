"""The cores of this machine."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from actiscope.collection.runners import Run
from actiscope.collection.runners.crew import Crew
from actiscope.collection.runners.job import Job
from actiscope.collection.runners.process import can_begin
from actiscope.collection.settings import Settings
from actiscope.networks import Network
from actiscope.networks.cores import cores

_THREADS = 8
"""More threads than that take longer, all together."""
_LIGHT = 128 << 20
"""Bytes of weights that every process may have for itself."""


class LocalRunner:
    """Workers of this machine, each of which runs the network with one thread.

    A PyTorch module that stays in this process is run by one of them at a time, with all threads.
    They are threads at first, and then processes, since threads of Python wait for each other. They
    stay threads where another process cannot open the network, or has no use for it: it is heavy,
    or runs on an accelerator, or the build has soon ended.

    Parameters
    ----------
    workers : int, optional
        How many; one a core by default, of threads alone at most eight.
    processes : bool, optional
        Have processes from the first picture, or none at all.
    """

    def __init__(self, workers: int | None = None, *, processes: bool | None = None) -> None:
        self._workers = workers
        self._processes = processes

    @contextmanager
    def start(self, network: Network, settings: Settings) -> Iterator[Run]:
        """Make ready what the work needs.

        Raises
        ------
        NetworkError
            If there are to be processes, and none can open the network.
        """
        gains = self._gains(network) if self._processes is None else self._processes
        job = Job.of(network, settings) if gains else None
        workers = self._workers or (cores() if gains else min(cores(), _THREADS))
        with closing(Crew(network, settings, job, workers)) as crew:
            if self._processes:
                crew.begin_processes()
            yield crew.run

    def _gains(self, network: Network) -> bool:
        can = network.origin is not None and network.device == "cpu" and can_begin()
        return can and (self._workers or cores()) > 1 and 4 * network.layers.learnables <= _LIGHT
