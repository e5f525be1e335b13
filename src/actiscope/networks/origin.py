"""Where a network was opened from, to open it again elsewhere."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

from actiscope.networks.options import Options


@dataclass(frozen=True)
class Origin:
    """What `open_network` was given.

    Parameters
    ----------
    source : str
        The name, or the file; absolute.
    options : Options
        What the source does not say itself.
    """

    source: str
    options: Options

    @classmethod
    def of(cls, source: str | os.PathLike[str], options: Options) -> "Origin":
        """Return it with absolute paths, so that the folder does not matter."""
        name, colon, function = os.fspath(source).rpartition(":")
        if colon and Path(name).is_file():
            source = f"{Path(name).absolute()}:{function}"
        elif Path(source).exists():
            source = Path(source).absolute()
        weights = options.weights
        if weights is not None and weights.is_file():
            options = replace(options, weights=weights.absolute())
        return cls(os.fspath(source), options)
