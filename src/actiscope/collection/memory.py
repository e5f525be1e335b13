"""Memory that is free, but kept by the C library."""

import ctypes
import sys


def give_back() -> None:
    """Give free memory back to the system, where the C library is glibc.

    It keeps what was freed between things that are still there. In work that goes on for long, in
    several threads, that grows with time.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
