"""Memory that is free, but kept by the C library, where that is glibc."""

import ctypes
import sys

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""What `mallopt` sets, as malloc.h has it."""
_LARGEST = 32 << 20
"""Bytes above which a piece is never kept: the most that the C library lets one say."""


def give_back() -> None:
    """Give free memory back to the system.

    The C library keeps what was freed between things that are still there. In work that goes on for
    long, in several threads, that grows with time.
    """
    _call("malloc_trim", 0)


def keep_free() -> None:
    """Keep what is freed until `give_back`, for a process that takes the same again and again.

    It is else given back, and taken again page by page, for each picture.
    """
    _call("mallopt", _MMAP_THRESHOLD, _LARGEST)
    _call("mallopt", _TRIM_THRESHOLD, 2 * _LARGEST)


def _call(name: str, *values: int) -> None:
    if sys.platform == "linux":
        function = getattr(ctypes.CDLL(None), name, None)
        if function is not None:
            function(*values)
