"""Time ways of doing the same, in turn."""

import statistics
import time
from collections.abc import Callable, Mapping


def in_turn(ways: Mapping[str, Callable[[], object]], runs: int) -> dict[str, float]:
    """Return the median seconds of each, run in turn after one warm-up.

    Parameters
    ----------
    ways : mapping of str to callable
        What is timed, by name.
    runs : int
        How often each is run and counted.

    Returns
    -------
    dict of str to float
        Seconds.
    """
    times: dict[str, list[float]] = {name: [] for name in ways}
    for run in range(runs + 1):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            if run:
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(kept) for name, kept in times.items()}
