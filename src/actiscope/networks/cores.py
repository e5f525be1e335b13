"""How many cores this process may use."""

import math
import os
from collections.abc import Iterator
from pathlib import Path

_OWN_GROUP = Path("/proc/self/cgroup")
_GROUPS = Path("/sys/fs/cgroup")


def cores() -> int:
    """Return how many cores this process may use, also in a container that has a share of them.

    A share is that of Linux's control groups, version 2: ``docker run --cpus 2``, or a limit of
    Kubernetes. Part of a core counts as one.
    """
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, math.ceil(min(there or 1, *_shares())))


def _shares() -> Iterator[float]:
    """Give what the group of this process may use, and each that it is part of."""
    yield math.inf
    try:
        lines = _OWN_GROUP.read_text().splitlines()
    except OSError:
        return
    own = next((line[3:].lstrip("/") for line in lines if line.startswith("0::")), None)
    if own is None:
        return
    for group in (_GROUPS / own, *(_GROUPS / own).parents):
        try:
            quota, period = map(int, (group / "cpu.max").read_text().split())
        except (OSError, ValueError):  # there is no such file, or no limit
            continue
        yield quota / period
