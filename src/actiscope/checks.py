"""Arguments of several functions, checked in one place."""

import operator
from collections.abc import Sequence
from typing import Any

from actiscope.errors import ArgumentError, ChannelError

Size = int | tuple[int, int]


def check_size(size: Size, what: str = "size") -> tuple[int, int]:
    """Return a size as (height, width).

    Parameters
    ----------
    size : int or (int, int)
        One number is a square.
    what : str
        What it is the size of, for the message.

    Returns
    -------
    (int, int)
        Height and width.

    Raises
    ------
    ArgumentError
        If it is something else, or not positive.
    """
    pair = size if isinstance(size, tuple | list) else (size, size)
    height, width = check_pair(pair, what)
    if height is None or width is None:
        raise ArgumentError(f"a {what} is a number or (height, width), not {size!r}")
    return height, width


def check_pair(pair: Any, what: str = "size") -> tuple[int | None, int | None]:
    """Return two positive whole numbers, each of which may be None.

    Parameters
    ----------
    pair : (int or None, int or None)
        What was given.
    what : str
        What it is, for the message.

    Returns
    -------
    (int or None, int or None)
        The same.

    Raises
    ------
    ArgumentError
        If it is something else.
    """
    try:
        first, second = (None if each is None else operator.index(each) for each in pair)
    except (TypeError, ValueError):
        raise ArgumentError(f"a {what} is two whole numbers, not {pair!r}") from None
    if any(each is not None and each < 1 for each in (first, second)):
        raise ArgumentError(f"a {what} is positive, not {pair!r}")
    return first, second


def check_channels(channels: Sequence[int], count: int) -> list[int]:
    """Return channel numbers as a list.

    Parameters
    ----------
    channels : sequence of int
        Numbers from 0.
    count : int
        How many channels there are.

    Returns
    -------
    list of int
        The same.

    Raises
    ------
    ChannelError
        If one is not in 0 to `count` - 1.
    ArgumentError
        If there are none, or one is no whole number.
    """
    try:
        chosen = [operator.index(channel) for channel in channels]
    except TypeError:
        raise ArgumentError(f"channels are whole numbers, not {channels!r}") from None
    if not chosen:
        raise ArgumentError("no channel was chosen")
    for channel in chosen:
        if not 0 <= channel < count:
            raise ChannelError.out_of_range(channel, count)
    return chosen
