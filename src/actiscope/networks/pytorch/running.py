"""Run a module on one picture, and leave it as it was."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from actiscope.errors import NetworkError, one_line
from actiscope.networks.foreign import foreign
from actiscope.networks.pytorch.capturing import (
    GraphCapture,
    HookCapture,
    Keeper,
    Kept,
    as_for_inference,
)


@dataclass(frozen=True)
class Way:
    """How a module is run.

    Parameters
    ----------
    capture : GraphCapture or HookCapture
        Runs it, traced or as it is.
    layout : torch.memory_format
        In which it takes a picture.
    batched : bool
        Whether it takes a picture (1, C, H, W), or (C, H, W).
    copies : bool
        Whether something may write into values that are kept.
    """

    capture: GraphCapture | HookCapture
    layout: torch.memory_format
    batched: bool
    copies: bool


class Runner:
    """Runs a module, by one thread at a time.

    Parameters
    ----------
    way : Way
        How.
    device : str
        Where; "auto" takes CUDA or MPS where they are.
    """

    def __init__(self, way: Way, device: str) -> None:
        self.way = way
        self._device = device
        self._lock = threading.Lock()
        self._guests = 0
        """Who has the module where it runs."""
        self._home = self._away = torch.device("cpu")

    @property
    def device(self) -> str:
        """Where it runs."""
        return _where(self._device, self._parameter.device).type

    def run(self, fed: npt.NDArray[np.float32], keeper: Keeper, threads: int = 0) -> Any:
        """Run on one picture, where and in the type that the module is.

        Parameters
        ----------
        fed : ndarray of float32, (C, H, W)
            The prepared picture.
        keeper : Keeper
            Keeps the values.
        threads : int
            How many threads of the processor it takes; 0 for as many as PyTorch likes.

        Returns
        -------
        object
            What the module gives; None if the keeper ended the run.

        Raises
        ------
        NetworkError
            If it cannot be run.
        """
        height, width = fed.shape[1:]
        way = self.way
        with (
            foreign(f"the module cannot be run at {height}x{width}", says=_without_trace),
            self.lent() as like,
            _THREADS.set_to(threads),
            as_for_inference(way.capture.module),
        ):
            array = np.ascontiguousarray(fed)
            picture = torch.from_numpy(array[np.newaxis] if way.batched else array)
            placed = picture.to(like).contiguous(memory_format=way.layout)
            return way.capture.run(placed, keeper)

    def keep(self, fed: npt.NDArray[np.float32], wanted: set[str], threads: int = 0) -> Kept:
        """Run on one picture, with copies only where something writes into what is wanted."""
        keeper = Keeper(wanted, copies=self.way.copies)
        self.run(fed, keeper, threads)
        module = self.way.capture.module
        owned = () if self.way.copies else (*module.parameters(), *module.buffers())
        return keeper.values(owned)

    @contextmanager
    def lent(self) -> Iterator[torch.Tensor]:
        """Have the module alone, where it runs; give nothing, of its place and type."""
        with self.staying() as device, self._lock:
            dtype = self._parameter.dtype
            yield torch.empty(
                0, device=device, dtype=dtype if dtype.is_floating_point else torch.float32
            )

    @contextmanager
    def staying(self) -> Iterator[torch.device]:
        """Have the module where it runs; the last who leaves brings it home."""
        with self._lock:
            if not self._guests:
                self._home = self._parameter.device
                self._away = _where(self._device, self._home)
                self._move()
            self._guests += 1
        try:
            yield self._away
        finally:
            with self._lock:
                self._guests -= 1
                if not self._guests and self._away != self._home:
                    self.way.capture.module.to(self._home)

    def _move(self) -> None:
        module = self.way.capture.module
        if self._away == self._home:
            return
        try:
            with foreign(f"the module cannot be brought to {self._away}"):
                module.to(self._away)
        except NetworkError:
            module.to(self._home)
            raise

    @property
    def _parameter(self) -> torch.Tensor:
        return _parameter_of(self.way.capture.module)


class _Threads:
    """How many threads PyTorch takes: a setting of the whole process, which is put back.

    A thread that runs something of PyTorch for the first time meanwhile keeps what is set then.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._before = 0

    @contextmanager
    def set_to(self, count: int) -> Iterator[None]:
        """Have so many for a while; nothing happens for 0."""
        if not count:
            yield
            return
        with self._lock:
            if not self._users:
                self._before = torch.get_num_threads()
            self._users += 1
            torch.set_num_threads(count)
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                torch.set_num_threads(self._before)


_THREADS = _Threads()


def _without_trace(error: BaseException) -> str:
    """Return a message without the code that torch.fx was at."""
    return one_line(error).partition(" While executing")[0]


def settle(module: nn.Module, device: str) -> None:
    """Bring a module to where it is run, once and for all."""
    module.to(_where(device, _parameter_of(module).device))


def _parameter_of(module: nn.Module) -> torch.Tensor:
    """Return what tells of a module where it lies, and its type."""
    return next(module.parameters(), torch.empty(0))


def _where(device: str, home: torch.device) -> torch.device:
    """Return where a module that lies at home is run."""
    if device == home.type or (device == "auto" and home.type != "cpu"):
        return home
    if device != "auto":
        return torch.device(device)
    if torch.cuda.is_available():
        return torch.device("cuda", torch.cuda.current_device())
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
