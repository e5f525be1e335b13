"""ONNX Runtime sessions, one for each set of layers asked for."""

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import onnxruntime as ort

from actiscope.errors import NetworkError
from actiscope.networks.onnx.graph import Given

_FATAL_ONLY = 4
_MOST_BYTES = 256 * 2**20
"""Weights that all sessions together may hold: each has its own copy."""
_CPU = "CPUExecutionProvider"
_ACCELERATORS = {
    "cuda": "CUDAExecutionProvider",
    "mps": "CoreMLExecutionProvider",
    "directml": "DmlExecutionProvider",
}
_DEVICES = {provider: device for device, provider in _ACCELERATORS.items()} | {_CPU: "cpu"}
_BLOCKED_LAYOUT = "NchwcTransformer"
"""The engine's fastest layout: poolings with nothing to pool end the process in it."""
_EXTERNAL_DATA = "session.model_external_initializers_file_folder_path"


class _Wanted(NamedTuple):
    """What a session is opened for."""

    outputs: tuple[str, ...]
    threads: int
    given: Given | None
    unsure: bool
    kept_size: tuple[int, int] | None
    """Size of the pictures for which it keeps memory between runs."""


class Sessions:
    """Sessions kept for reuse, the least recently used dropped first. Threads may share it.

    Parameters
    ----------
    cut : callable
        From names of outputs, and what is given, to a serialized model.
    folder : pathlib.Path, optional
        Where external data lie.
    external : callable, optional
        From names of outputs to the bytes of external data that they need.
    device : str
        "auto", "cpu", "cuda", "mps" or "directml".
    capacity : int
        How many sessions are kept.
    """

    def __init__(
        self,
        cut: Callable[[tuple[str, ...], Given | None], bytes],
        folder: Path | None = None,
        external: Callable[[tuple[str, ...]], int] = lambda _: 0,
        device: str = "cpu",
        capacity: int = 32,
    ) -> None:
        self._cut = cut
        self._folder = folder
        self._external = external
        self._asked = device
        self._providers = providers(device)
        self._capacity = capacity
        self._lock = threading.Lock()
        self._kept_sizes: Counter[tuple[int, int]] = Counter()
        self._kept: OrderedDict[_Wanted, tuple[ort.InferenceSession, int]] = OrderedDict()

    def get(
        self,
        outputs: tuple[str, ...],
        threads: int = 0,
        given: Given | None = None,
        *,
        unsure: bool = False,
        size: tuple[int, int] | None = None,
    ) -> ort.InferenceSession:
        """Return a session that computes these outputs and nothing else.

        Parameters
        ----------
        outputs : tuple of str
            Names of tensors.
        threads : int
            How many threads it takes; 0 for one a core.
        given : Given, optional
            A tensor that it takes as an input.
        unsure : bool
            Whether poolings may be left with nothing to pool.
        size : (int, int), optional
            Height and width of the picture, where memory may be kept for it.
        """
        with self._lock:
            kept_size = size if size in self._kept_sizes else None
            wanted = _Wanted(outputs, threads, given, unsure, kept_size)
            if wanted not in self._kept:
                self._kept.pop(wanted._replace(kept_size=None), None)
                self._kept[wanted] = self._open(wanted)
            self._kept.move_to_end(wanted)
            while len(self._kept) > 1 and (
                len(self._kept) > self._capacity
                or sum(weights for _, weights in self._kept.values()) > _MOST_BYTES
            ):
                self._kept.popitem(last=False)
            return self._kept[wanted][0]

    @contextmanager
    def keeping_memory(self, size: tuple[int, int]) -> Iterator[None]:
        """Give sessions for pictures of a size that keep what a run takes, until nobody is here."""
        with self._lock:
            self._kept_sizes[size] += 1
        try:
            yield
        finally:
            with self._lock:
                self._kept_sizes[size] -= 1
                if not self._kept_sizes[size]:
                    del self._kept_sizes[size]
                    for wanted in [each for each in self._kept if each.kept_size == size]:
                        del self._kept[wanted]

    @property
    def device(self) -> str:
        """Where they run: "cpu", "cuda", "mps" or "directml"."""
        return _DEVICES[self._providers[0]]

    def _check_device(self, given: list[str]) -> None:
        """Refuse, or take, what the engine gives where it cannot give what was preferred."""
        if given[0] != self._providers[0]:
            if self._asked != "auto":
                raise NetworkError(f"ONNX Runtime cannot use {self._asked} here")
            self._providers = given

    def _open(self, wanted: _Wanted) -> tuple[ort.InferenceSession, int]:
        options = ort.SessionOptions()
        options.intra_op_num_threads = wanted.threads
        options.log_severity_level = _FATAL_ONLY
        options.enable_cpu_mem_arena = wanted.kept_size is not None
        if self._folder is not None:
            options.add_session_config_entry(_EXTERNAL_DATA, str(self._folder))
        model = self._cut(wanted.outputs, wanted.given)
        session = ort.InferenceSession(
            model, options, self._providers, enable_fallback=0,
            disabled_optimizers=[_BLOCKED_LAYOUT] if wanted.unsure else [],
        )  # fmt: skip
        self._check_device(session.get_providers())
        return session, len(model) + self._external(wanted.outputs)


def providers(device: str) -> list[str]:
    """Return the execution providers for a device, the preferred one first.

    Parameters
    ----------
    device : str
        "cpu", "cuda", "mps" (CoreML), "directml"; or "auto" for what is installed of them.

    Returns
    -------
    list of str
        Names that ONNX Runtime knows.

    Raises
    ------
    NetworkError
        If the device is not there.
    """
    installed = ort.get_available_providers()
    if device == "cpu":
        return [_CPU]
    wanted = _ACCELERATORS if device == "auto" else {device: _ACCELERATORS.get(device, "")}
    found = [name for name in wanted.values() if name in installed]
    if not found and device != "auto":
        raise NetworkError(f"ONNX Runtime has no {device} here; it has {', '.join(installed)}")
    return [*found, _CPU]
