"""What an inspection finds."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Issue:
    """Something that is wrong, or may be.

    Parameters
    ----------
    severity : "error" or "warning"
        An error makes values useless, a warning may be meant so.
    layer : str
        Name of the layer.
    message : str
        What it is, and what to do.
    """

    severity: Literal["error", "warning"]
    layer: str
    message: str
