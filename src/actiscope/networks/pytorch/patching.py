"""Put values in the place of those that an operation of a module gave."""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from actiscope.layers import Layer
from actiscope.networks.patching import Batch
from actiscope.networks.pytorch.capturing import Keeper


class Patcher(Keeper):
    """Keeps one value, and replaces an earlier one.

    Parameters
    ----------
    wanted : str
        Name of what is kept.
    at : Layer
        What is replaced.
    values : torch.Tensor, (N, ...)
        By what, with the axes that the layer names.

    Attributes
    ----------
    was_reached : bool
        Whether it was replaced.
    """

    def __init__(self, wanted: str, at: Layer, values: torch.Tensor) -> None:
        super().__init__({wanted})
        self._at = at
        self._values = values
        self.was_reached = False

    def keep(self, name: str, value: Any) -> Any:
        """Replace a value if it is the one, and keep what is wanted."""
        return super().keep(name, self._replaced(name, value))

    def _replaced(self, name: str, value: Any) -> Any:
        """Return a value, or a tuple, list or dict of values, with the one replaced."""
        if isinstance(value, torch.Tensor):
            if name != self._at.name:
                return value
            self.was_reached = True
            return self._in_place_of(value)
        if isinstance(value, dict):
            parts = {key: self._replaced(f"{name}:{key}", each) for key, each in value.items()}
            return type(value)(parts)
        if isinstance(value, tuple | list):
            several = [self._replaced(f"{name}:{key}", each) for key, each in enumerate(value)]
            return type(value)(*several) if hasattr(value, "_fields") else type(value)(several)
        return value

    def _in_place_of(self, value: torch.Tensor) -> torch.Tensor:
        values = self._values.to(value, copy=True)
        if self._at.channels_last:
            values = values.movedim(-3, -1)
        return values if value.ndim == values.ndim else values.reshape(value.shape)


def batch_of(values: npt.NDArray[Any], layer: Layer) -> Batch:
    """Return values with the axes that their layer names, behind that of the batch."""
    several = values if values.ndim > len(layer.axes) else values[np.newaxis]
    return np.moveaxis(several, -1, -3) if layer.channels_last else several
