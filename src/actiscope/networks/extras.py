"""What is installed only where somebody wants it."""

import importlib.util

from actiscope.errors import MissingExtraError

_CALLED = {"torch": "PyTorch"}


def require(module: str) -> None:
    """Make sure that what the extra "torch" brings is there.

    Parameters
    ----------
    module : str
        Which module is needed: "torch" or "captum".

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    if importlib.util.find_spec(module) is None:
        raise MissingExtraError(
            f"{_CALLED.get(module, module)} is needed for that and not installed: "
            "`pip install 'actiscope[torch]'`"
        )
