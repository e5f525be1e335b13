"""What strangers' files and code raise, told in one line."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from actiscope.errors import ActiscopeError, NetworkError, one_line


@contextmanager
def foreign(
    what: str, advice: str = "", *, says: Callable[[BaseException], str] = one_line
) -> Iterator[None]:
    """Turn whatever is raised within into a NetworkError; what actiscope raised passes.

    Parameters
    ----------
    what : str
        What was wrong: "net.onnx is a damaged model".
    advice : str
        What to do.
    says : callable
        From what was raised to its message.

    Raises
    ------
    NetworkError
        Of one line: what was wrong, what was raised, what to do.
    """
    try:
        yield
    except ActiscopeError:
        raise
    except (Exception, SystemExit) as error:
        told = "; ".join(filter(None, (f"{what}: {says(error)}", advice)))
        raise NetworkError(told) from error


def with_kind(error: BaseException) -> str:
    """Return the message of an exception of a person's own code, with its kind."""
    return f"{type(error).__name__}: {one_line(error)}"
