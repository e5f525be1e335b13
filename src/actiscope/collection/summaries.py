"""What a channel answered over a collection, in numbers."""

import math
from dataclasses import dataclass

from actiscope.collection.accumulator import Accumulator
from actiscope.collection.histogram import ZERO, quantile
from actiscope.collection.sums import UNIT

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)


@dataclass(frozen=True)
class ChannelSummary:
    """What a channel answered over the collection.

    Parameters
    ----------
    channel : int
        From 0.
    images, units : int
        Pictures, and values in all of them.
    active : float
        Share of the pictures in which its largest value lies above zero.
    above : float
        Share of all values that lie above zero, by 2^-24 or more.
    mean, deviation : float
        Of all values; exact but for the rounding of each picture's sum.
    low, high : float
        Smallest and largest value.
    quantiles : dict of float to float
        Values below which these shares of the values lie, within 1/16 of themselves or 2^-24.
    """

    channel: int
    images: int
    units: int
    active: float
    above: float
    mean: float
    deviation: float
    low: float
    high: float
    quantiles: dict[float, float]

    @property
    def dead(self) -> bool:
        """Whether it lies above zero in no picture."""
        return self.active == 0

    @property
    def always_on(self) -> bool:
        """Whether it lies above zero in every picture."""
        return self.active == 1


def summarize(
    found: Accumulator, channel: int, images: int, total: int, squares: int
) -> ChannelSummary:
    """Return what an accumulator says of a channel, given its exact totals."""
    count = int(found.units)
    low, high = float(found.low[channel]), float(found.high[channel])
    variance = (squares * UNIT * count - total * total) / (UNIT * count) ** 2
    return ChannelSummary(
        channel=channel,
        images=images,
        units=count,
        active=int(found.active[channel]) / images,
        above=int(found.counts[channel, ZERO + 1 :].sum()) / count,
        mean=total / (UNIT * count),
        deviation=math.sqrt(max(variance, 0.0)),
        low=low,
        high=high,
        quantiles={share: quantile(found.counts[channel], share, low, high) for share in QUANTILES},
    )
