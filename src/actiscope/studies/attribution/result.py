"""What an attribution gives."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from actiscope.geometry import Geometry

Method = Literal["contributions", "integrated-gradients", "grad-cam"]

METHODS: tuple[Method, ...] = get_args(Method)


@dataclass(frozen=True, eq=False)
class Attribution:
    """What a value owes to each part of a picture.

    Parameters
    ----------
    values : ndarray of float64, (rows, cols)
        Positive where the picture raises the value. Contributions: one for each place of the layer
        `through`, and integrated gradients: one for each pixel that the network is fed; they sum to
        `value - baseline`. Grad-CAM: one for each unit of the layer `through`, never negative.
    value : float
        What is explained.
    baseline : float
        The same where the layer `through` gives nothing at all, for contributions; else for a
        picture of the colour that the network takes for nothing.
    unit : (int, int)
        The unit, row and column from 0; that of the channel's largest value if none was named.
    method : str
        "contributions", "integrated-gradients" or "grad-cam".
    through : str
        The layer that is divided, or whose maps Grad-CAM weighs; empty for integrated gradients.
    geometry : Geometry
        Where the values lie on the picture as it was given.
    channels : ndarray of float64, (C,), optional
        Contributions of the channels of the layer `through`, which sum to `value - baseline`, too.
    """

    values: npt.NDArray[np.float64]
    value: float
    baseline: float
    unit: tuple[int, int]
    method: Method
    through: str
    geometry: Geometry
    channels: npt.NDArray[np.float64] | None = None

    @property
    def ranked(self) -> list[tuple[int, float]]:
        """The channels that contribute and their shares, the largest first; none without them."""
        shares = np.zeros(0) if self.channels is None else self.channels
        order = np.argsort(-np.abs(shares), kind="stable")[: np.count_nonzero(shares)]
        return [(int(channel), float(shares[channel])) for channel in order]
