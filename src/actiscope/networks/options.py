"""What a user can say of a network that does not say it itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy.typing as npt

from actiscope.networks.preparation import Order

Layout = Literal["NCHW", "NHWC"]
Device = Literal["auto", "cpu", "cuda", "mps"]


@dataclass(frozen=True)
class Options:
    """What a user says of a network; None leaves it to the network, or to a default.

    Parameters
    ----------
    size : (int, int), optional
        Height and width that pictures are brought to.
    mean, std : tuple of float, optional
        Subtracted from the scaled pixels, and what they are divided by.
    scale : float, optional
        Pixels, 0-255, are multiplied by it first.
    order : "RGB", "BGR" or "GRAY", optional
        What the channels are.
    layout : "NCHW" or "NHWC", optional
        Where the channels are.
    input : str, optional
        Name of the input that takes the picture.
    others : mapping of str to ndarray
        What other inputs are fed.
    weights : pathlib.Path, optional
        A file of weights for a module.
    device : "auto", "cpu", "cuda" or "mps"
        Where it runs.
    """

    size: tuple[int, int] | None = None
    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None
    scale: float | None = None
    order: Order | None = None
    layout: Layout | None = None
    input: str | None = None
    others: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)
    weights: Path | None = None
    device: Device = "auto"

    def preparation(self) -> dict[str, Any]:
        """Return what concerns the preparation of pictures."""
        return {
            "size": self.size,
            "mean": self.mean,
            "std": self.std,
            "scale": self.scale,
            "order": self.order,
        }
