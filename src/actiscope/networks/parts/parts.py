"""What a layer answers to a picture, part by part."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from actiscope.activations import Values
from actiscope.errors import NetworkError
from actiscope.geometry import Geometry
from actiscope.images.bands import Bands
from actiscope.images.pixels import Pixels
from actiscope.layers import format_size
from actiscope.networks.parts.lines import Cut
from actiscope.networks.parts.planning import Plan

_ALIKE = 1e-3
"""How far values may differ where parts meet, of the largest: float16 rounds to about this."""


@dataclass(frozen=True)
class Part:
    """The values of one part.

    Parameters
    ----------
    rows, cols : slice
        Where they lie among those of the whole picture.
    values : ndarray of float32, (C, h, w)
        The values.
    """

    rows: slice
    cols: slice
    values: Values


class Parts:
    """What a layer answers to a picture, part by part, from above to below: iterate over it.

    Where two parts meet, a row or column of units is computed in both and compared.

    Parameters
    ----------
    bands : Bands
        The picture.
    plan : Plan
        The parts.
    run : callable
        From pixels, (h, w, 3), to what the layer answers, (C, h', w').
    network : dict
        Name, preparation and device, as `Network.describe` says.

    Attributes
    ----------
    seam : float
        The largest difference that was found where parts meet, of the largest value until then: 0
        if they are equal bit for bit.
    """

    def __init__(
        self, bands: Bands, plan: Plan, run: Callable[[Pixels], Values], network: dict[str, Any]
    ) -> None:
        self.seam = 0.0
        self._largest = 0.0
        self.layer = plan.layer
        self.network = network
        self.image_size = bands.size
        self._bands = bands
        self._plan = plan
        self._run = run
        self._rows = plan.rows.cuts(plan.units[0])
        self._cols = plan.cols.cuts(plan.units[1])

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the whole, (C, H, W)."""
        return self.layer.size

    @property
    def units(self) -> tuple[int, int]:
        """Rows and columns of units in a part; fewer at the ends."""
        return min(self._plan.units[0], self.shape[1]), min(self._plan.units[1], self.shape[2])

    @property
    def geometry(self) -> Geometry:
        """Where the units look on the picture."""
        return self.layer.geometry

    def __len__(self) -> int:
        return len(self._rows) * len(self._cols)

    def __iter__(self) -> Iterator[Part]:
        above: Values | None = None
        for row in self._rows:
            band = self._bands.read(row.start, row.stop)
            below = np.empty((self.shape[0], self.shape[2]), dtype=np.float32)
            left: Values | None = None
            for col in self._cols:
                values = self._compute(band, row, col)
                new = values
                if above is not None:
                    self._compare(values[:, 0], above[:, col.given])
                    new = new[:, 1:]
                if left is not None:
                    self._compare(values[:, :, 0], left)
                    new = new[:, :, 1:]
                below[:, col.given], left = values[:, -1], values[:, :, -1].copy()
                yield Part(_ends_of(row, new.shape[1]), _ends_of(col, new.shape[2]), new)
            above = below

    def _compute(self, band: Pixels, row: Cut, col: Cut) -> Values:
        values = self._run(band[:, col.start : col.stop])
        if values.shape != (self.shape[0], row.units, col.units):
            raise NetworkError(
                f"layer {self.layer.name!r} gives {format_size(values.shape)} values for a part of "
                f"{row.length}x{col.length}, not as many as it would of the whole picture"
            )
        taken = values[:, row.taken, col.taken]
        self._largest = max(self._largest, float(taken.max()), -float(taken.min()))
        return taken

    def _compare(self, here: Values, there: Values) -> None:
        """Refuse values that differ by more than rounding between two parts that give both."""
        if np.array_equal(here, there, equal_nan=True):
            return
        difference = np.abs(here - there).max() / self._largest
        if not difference <= _ALIKE:
            raise NetworkError(
                f"layer {self.layer.name!r} cannot be computed in parts: where two of them meet, "
                f"its values differ by {difference:.2g} of the largest; something before it "
                "depends on where a part lies, or on how large it is"
            )
        self.seam = max(self.seam, float(difference))


def _ends_of(cut: Cut, count: int) -> slice:
    return slice(cut.last - count, cut.last)
