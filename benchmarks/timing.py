"""Time ways of doing the same, in turn."""

import statistics
import time
from collections.abc import Callable, Mapping

SPINNING = 0.08
"""Seconds for which ONNX Runtime's threads spin after a run, and would slow another engine."""


def in_turn(
    ways: Mapping[str, Callable[[], object]], runs: int, pause: float = 0.0
) -> dict[str, float]:
    """Return the median seconds of each, run in turn after one warm-up.

    Parameters
    ----------
    ways : mapping of str to callable
        What is timed, by name.
    runs : int
        How often each is run and counted.
    pause : float
        Seconds between two; each then warms up for itself.

    Returns
    -------
    dict of str to float
        Seconds.
    """
    times: dict[str, list[float]] = {name: [] for name in ways}
    for run in range(runs + 1):
        for name, way in ways.items():
            if pause:
                time.sleep(pause)
                way()
            start = time.perf_counter()
            way()
            if run:
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(kept) for name, kept in times.items()}
