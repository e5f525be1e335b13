"""Every error that actiscope raises on purpose.

::

    ActiscopeError
    ├── AnnotationError    (ValueError)    what marks a concept on pictures cannot be read
    ├── ArgumentError      (ValueError)    an argument is wrong
    │   └── NotASumError   (ValueError)    a value is no sum of parts of an earlier layer
    ├── ChannelError       (IndexError)    no such channel
    ├── LayerNotFoundError (LookupError)   no such layer
    ├── ImageError         (ValueError)    a picture cannot be read or used
    │   └── ImageSizeError (ValueError)    a picture is too small or too large
    ├── NetworkError       (ValueError)    a network cannot be opened or run
    ├── OutputError        (OSError)       a result cannot be written
    └── MissingExtraError  (ImportError)   an optional dependency is not installed

A message is one line: what was wrong, what was expected, what to do.
"""

from typing import TypeVar

Failure = TypeVar("Failure", bound=BaseException)


class ActiscopeError(Exception):
    """Base of every error that actiscope raises on purpose."""


class AnnotationError(ActiscopeError, ValueError):
    """A file that marks concepts on pictures cannot be read."""


class ArgumentError(ActiscopeError, ValueError):
    """An argument has a value that cannot be used."""


class NotASumError(ArgumentError):
    """A value is no sum of parts of an earlier layer."""


class ChannelError(ActiscopeError, IndexError):
    """A channel does not exist in the layer."""

    @classmethod
    def out_of_range(cls, channel: int, count: int) -> "ChannelError":
        """Say which channels there are, with a word for people coming from MATLAB.

        Parameters
        ----------
        channel : int
            The channel that was asked for.
        count : int
            How many channels there are.
        """
        message = f"no channel {channel}: channels are 0-{count - 1}"
        if channel == count:
            message += f"; MATLAB's {count} is {count - 1} here"
        return cls(message)


class LayerNotFoundError(ActiscopeError, LookupError):
    """A layer does not exist in the network."""


class ImageError(ActiscopeError, ValueError):
    """A picture cannot be read, or is not one."""


class ImageSizeError(ImageError):
    """A picture is too small for a layer, or too large to be opened."""


class NetworkError(ActiscopeError, ValueError):
    """A network cannot be opened or run."""


class OutputError(ActiscopeError, OSError):
    """A result cannot be written where it was asked for."""


class MissingExtraError(ActiscopeError, ImportError):
    """An optional dependency is needed and not installed."""


def one_line(error: BaseException) -> str:
    """Return the message of any exception on one line, not too long."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return f"{' '.join(text.split()):.300}"


def without_frames(error: Failure) -> Failure:
    """Return an error that is kept, without the frames it came through: they hold what they had."""
    error.__traceback__ = error.__context__ = error.__cause__ = None
    return error
