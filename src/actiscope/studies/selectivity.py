"""Which channels changed in one place rather than in others."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from actiscope.activations import Activations
from actiscope.errors import ArgumentError
from actiscope.geometry import Box
from actiscope.pictures.lettering import format_percent
from actiscope.studies.changes import Change, changes, rest_of

THE_CHANGE = "the change"
"""The region in which two pictures differ, where none is named."""

_SUFFIXES = {1: "st", 2: "nd", 3: "rd"}


@dataclass(frozen=True)
class Selectivity:
    """How selectively a channel changed within a region.

    Parameters
    ----------
    inside : Change
        Of its peak within the region.
    outside : Change or None
        Of its peak among the units that lie in no region, if there are any; its `region` is
        "elsewhere" if there is no other region, else "outside all regions".
    selectivity : float
        How far the peak within the region moved, less how far the peak outside moved, as a share
        of the largest value that the channel has anywhere before: 1 if all of it went there and
        nothing outside, below 0 if more moved outside, 0 if the channel is nowhere positive.
    rank : int
        Place among all channels of the layer, from 1 for the most selective; of equals, the lower
        channel first.
    channels : int
        How many channels the layer has.
    """

    inside: Change
    outside: Change | None
    selectivity: float
    rank: int
    channels: int

    def __str__(self) -> str:
        outside = f", {_percent(self.outside)} {self.outside.region}" if self.outside else ""
        return (
            f"channel {self.inside.channel}: {_percent(self.inside)} at {self.inside.region!r}"
            f"{outside}; {_ordinal(self.rank)} of {self.channels} most selective"
        )

    def describe(self) -> dict[str, Any]:
        """Return it as plain data, with the sentence as "says"."""
        outside = self.outside.describe() if self.outside else None
        inside = self.inside.describe()
        return {"says": str(self), **asdict(self), "inside": inside, "outside": outside}


def selectivity(
    before: Activations, after: Activations, regions: Mapping[str, Box]
) -> dict[str, list[Selectivity]]:
    """Rank all channels by how selectively they changed in each region.

    Parameters
    ----------
    before, after : Activations
        The same layer for two pictures of one size.
    regions : mapping of str to Box
        Regions of the picture by name, in pixels; a unit belongs to the region in which the centre
        of its receptive field lies.

    Returns
    -------
    dict of str to list of Selectivity
        By region, the most selective channel first.

    Raises
    ------
    ArgumentError
        If the activations do not belong together, a region lies outside the picture, no unit is
        centred in it, or every unit sees the whole picture.
    """
    if before.geometry.is_global:
        raise ArgumentError(
            f"every unit of {before.layer.name!r} sees the whole picture, so that none belongs to "
            "a region; choose an earlier layer"
        )
    count = len(before.maps)
    found = {
        (one.channel, one.region): one for one in changes(before, after, range(count), regions)
    }
    rest = rest_of(regions)
    largest = before.maps.max(axis=(1, 2))
    ranked = {}
    for region in regions:
        scores = []
        for channel in range(count):
            inside, outside = found[channel, region], found.get((channel, rest))
            moved = abs(inside.difference) - (abs(outside.difference) if outside else 0.0)
            scores.append(moved / float(largest[channel]) if largest[channel] > 0 else 0.0)
        order = sorted(range(count), key=lambda channel: (-scores[channel], channel))
        ranked[region] = [
            Selectivity(
                found[channel, region],
                found.get((channel, rest)),
                scores[channel],
                rank,
                count,
            )
            for rank, channel in enumerate(order, start=1)
        ]
    return ranked


def _percent(change: Change) -> str:
    if change.percent is None:
        return f"{change.before:.4g} to {change.after:.4g}"
    return format_percent(change.percent)


def _ordinal(number: int) -> str:
    suffix = "th" if number // 10 % 10 == 1 else _SUFFIXES.get(number % 10, "th")
    return f"{number}{suffix}"
