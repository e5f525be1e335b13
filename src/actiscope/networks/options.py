"""What a user can say of a network that does not say it itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from actiscope.checks import check_size
from actiscope.errors import ArgumentError
from actiscope.networks.preparation import Order

Layout = Literal["NCHW", "NHWC"]
Device = Literal["auto", "cpu", "cuda", "mps", "directml"]


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
    device : "auto", "cpu", "cuda", "mps" or "directml"
        Where it runs. "auto" is what is installed: ONNX Runtime's CUDA, CoreML or DirectML;
        PyTorch's CUDA or MPS, unless the module lies on one already.
    strict : bool
        Whether a broken network is refused. If not, it is opened as far as it goes: layers that
        cannot be computed are left out, and `Network.faults` says what is wrong.
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
    strict: bool = True

    def preparation(self) -> dict[str, Any]:
        """Return what concerns the preparation of pictures."""
        return {
            "size": self.size,
            "mean": self.mean,
            "std": self.std,
            "scale": self.scale,
            "order": self.order,
        }

    def __post_init__(self) -> None:
        """Bring what was said to its type, or refuse it."""
        if self.size is not None:
            object.__setattr__(self, "size", check_size(self.size))
        for name in ("mean", "std"):
            object.__setattr__(self, name, _numbers(name, getattr(self, name)))
        for name, known in (("order", Order), ("layout", Layout), ("device", Device)):
            value = getattr(self, name)
            if value is not None and value not in get_args(known):
                raise ArgumentError(f"{name} is {', '.join(get_args(known))}, not {value!r}")
        if not isinstance(self.others, Mapping):
            raise ArgumentError(f"others is arrays by name, not {self.others!r:.40}")
        for name, value in self.others.items():
            if not isinstance(value, np.ndarray | np.generic):
                raise ArgumentError(f"others[{name!r}] is an array, not {value!r:.40}")
        if self.weights is not None:
            object.__setattr__(self, "weights", Path(self.weights))

    def refuse(self, *names: str, of: str) -> None:
        """Refuse what a kind of network has no use for.

        Raises
        ------
        ArgumentError
            If one of them was said.
        """
        for name in names:
            if getattr(self, name) not in (None, {}):
                raise ArgumentError(f"{name} means nothing to {of}")


def _numbers(name: str, value: Any) -> tuple[float, ...] | None:
    if value is None:
        return None
    try:
        found = value if isinstance(value, tuple | list) else (value,)
        return tuple(float(each) for each in found)
    except (TypeError, ValueError):
        raise ArgumentError(f"{name} is a number or three, not {value!r}") from None
