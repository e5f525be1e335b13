"""Joining Ray, silently, or saying soon why not."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from actiscope.errors import ArgumentError, MissingExtraError, NetworkError, one_line
from actiscope.extras import require
from actiscope.networks.cores import cores

_PATIENCE = 15.0
"""Seconds in which a cluster has to answer."""
_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
_HERE_ONLY = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
"""Has Ray listen on the loopback address alone."""
_PROBE = "import sys, ray; ray.init(sys.argv[1], log_to_driver=False)"


@contextmanager
def connected(address: str | None, workers: int | None) -> Iterator[int]:
    """Have Ray for a while: a cluster, the one of this process, or one that is begun here.

    Parameters
    ----------
    address : str, optional
        HOST:PORT of a cluster, or "auto".
    workers : int, optional
        How many cores are wanted; all by default.

    Yields
    ------
    int
        How many cores there are for it.

    Raises
    ------
    ArgumentError
        If it cannot be had, or has not so many.
    MissingExtraError
        If Ray is not installed.
    """
    require("ray")
    for name, value in (_QUIET if address else _QUIET | _HERE_ONLY).items():
        os.environ.setdefault(name, value)
    try:
        import ray.data
    except ImportError as error:
        raise MissingExtraError(f"{one_line(error)}: `pip install 'actiscope[ray]'`") from None

    logger = logging.getLogger("ray.data")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    joined = address is None and ray.is_initialized()
    try:
        if address is not None:
            _probe(address)
            _join(address)
        elif not joined:
            _join("local", num_cpus=workers or cores(), include_dashboard=False)
        there = int(ray.cluster_resources().get("CPU", 0))  # type: ignore[no-untyped-call]
        if not there or (workers or 1) > there:
            raise ArgumentError(f"{workers or 1} workers need a core each, and Ray has {there}")
        yield workers or there
    finally:
        if not joined:
            ray.shutdown()
        logger.setLevel(level)


def _probe(address: str) -> None:
    """Join and leave in another process: Ray itself would try for minutes, and tell it all."""
    hint = "`ray start --head` begins one; RAY_AUTH_MODE=token if it asks for a token"
    try:
        ended = subprocess.run(  # noqa: S603 - our own Python
            [sys.executable, "-c", _PROBE, address],
            capture_output=True, text=True, timeout=_PATIENCE,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise ArgumentError(f"no Ray cluster answers at {address}; {hint}") from None
    if ended.returncode:
        reason = ended.stderr.strip().rpartition("\n")[2].partition(": ")[2]
        raise ArgumentError(f"no Ray cluster can be joined at {address}: {reason:.200}; {hint}")


def _join(address: str, **options: Any) -> None:
    import ray

    try:
        ray.init(address, log_to_driver=False, logging_level=logging.ERROR, **options)
    except (OSError, RuntimeError, ValueError) as error:
        raise ArgumentError(f"Ray cannot be had: {one_line(error)}") from None


@contextmanager
def telling() -> Iterator[None]:
    """Turn what Ray raises into an error of one line."""
    from ray.exceptions import RayActorError, RayError, RayTaskError

    try:
        yield
    except RayTaskError as error:
        raise NetworkError(f"a worker failed: {one_line(error.cause)}") from None
    except RayActorError as error:
        raise NetworkError(f"workers died again and again: {one_line(error)}") from None
    except RayError as error:
        raise NetworkError(f"Ray failed: {one_line(error)}") from None
