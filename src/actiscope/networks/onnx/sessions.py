"""ONNX Runtime sessions, one for each set of layers asked for."""

import threading
from collections import OrderedDict
from collections.abc import Callable

import onnxruntime as ort

_ERRORS_ONLY = 3


class Sessions:
    """Sessions kept for reuse, the least recently used dropped first. Threads may share it.

    Parameters
    ----------
    cut : callable
        From names of outputs to a serialized model.
    capacity : int
        How many sessions are kept.
    """

    def __init__(self, cut: Callable[[tuple[str, ...]], bytes], capacity: int = 32) -> None:
        self._cut = cut
        self._capacity = capacity
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, ...], ort.InferenceSession] = OrderedDict()

    def get(self, outputs: tuple[str, ...]) -> ort.InferenceSession:
        """Return a session that computes these outputs and nothing else."""
        with self._lock:
            session = self._kept.get(outputs)
            if session is None:
                session = self._kept[outputs] = self._open(outputs)
                if len(self._kept) > self._capacity:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(outputs)
            return session

    def _open(self, outputs: tuple[str, ...]) -> ort.InferenceSession:
        options = ort.SessionOptions()
        options.log_severity_level = _ERRORS_ONLY
        return ort.InferenceSession(self._cut(outputs), options, ["CPUExecutionProvider"])
