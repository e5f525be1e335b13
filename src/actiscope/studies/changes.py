"""What changed in a layer between two pictures, and where."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from actiscope.activations import Activations, Values
from actiscope.checks import check_channels
from actiscope.errors import ArgumentError
from actiscope.geometry import Box
from actiscope.studies.units import check_finite

ELSEWHERE = "elsewhere"
"""All units outside a region, those of other regions, too."""

OUTSIDE = "outside all regions"
"""The units in no region; with one region only, that is elsewhere."""


@dataclass(frozen=True)
class Change:
    """How the peak of a channel within a region changed.

    Parameters
    ----------
    channel : int
        From 0.
    region : str
        Name of the region.
    before, after : float
        The largest value among the units that are centred in the region.
    row, col : int
        The unit that had the peak before, from 0.
    same_unit : float
        What that unit has after: where it falls further than `after`, another unit holds the peak.
    """

    channel: int
    region: str
    before: float
    after: float
    row: int
    col: int
    same_unit: float

    @property
    def difference(self) -> float:
        """`after` minus `before`."""
        return self.after - self.before

    @property
    def percent(self) -> float | None:
        """The difference in percent of `before`; None where that is not positive."""
        return 100 * self.difference / self.before if self.before > 0 else None

    def describe(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**asdict(self), "difference": self.difference, "percent": self.percent}


def changes(
    before: Activations,
    after: Activations,
    channels: Sequence[int],
    regions: Mapping[str, Box],
) -> list[Change]:
    """Compare the peaks of channels, region by region, between two pictures.

    Parameters
    ----------
    before, after : Activations
        The same layer for two pictures of one size.
    channels : sequence of int
        Which channels, from 0.
    regions : mapping of str to Box
        Regions of the picture by name, in pixels. A unit belongs to the region in which the centre
        of its receptive field lies; a region between the centres has the nearest units.

    Returns
    -------
    list of Change
        One for each channel and region, channels first, and for each channel one more for the
        units in no region, if there are any: "elsewhere" if there is one region, "outside all
        regions" if there are several.

    Raises
    ------
    ChannelError
        If there is no such channel.
    ArgumentError
        If the activations do not belong together, a value is no finite number, a region lies
        outside the picture, no unit is centred in it, or one is called as what lies in none.
    """
    if before.several:
        raise ArgumentError("choose one of the pictures first: activations[0]")
    if before.layer.name != after.layer.name or before.maps.shape != after.maps.shape:
        raise ArgumentError(
            f"cannot compare {before.layer.name!r} of shape {before.shape} with "
            f"{after.layer.name!r} of shape {after.shape}: give pictures of one size"
        )
    check_regions(regions, before.image_size)
    masks = _masks(before, regions)
    chosen = check_channels(channels, len(before.maps))
    for each in (before, after):
        check_finite(each, chosen)
    return [
        _change(channel, name, mask, before.maps[channel], after.maps[channel])
        for channel in chosen
        for name, mask in masks.items()
    ]


def changes_elsewhere(
    before: Activations,
    after: Activations,
    channel: int,
    region: str,
    regions: Mapping[str, Box],
) -> list[Change]:
    """Compare the peaks of a channel everywhere but in a region.

    Parameters
    ----------
    before, after : Activations
        The same layer for two pictures of one size.
    channel : int
        From 0.
    region : str
        Which of the regions.
    regions : mapping of str to Box
        As for `changes`.

    Returns
    -------
    list of Change
        One for every other region, without the units that it shares with this one, if there are
        others; and one for the units in no region, if there are any.
    """
    masks = _masks(before, regions)
    here = masks.pop(region)
    return [
        _change(channel, name, mask & ~here, before.maps[channel], after.maps[channel])
        for name, mask in masks.items()
        if (mask & ~here).any()
    ]


def check_regions(regions: Mapping[str, Box], size: tuple[int, int]) -> None:
    """Refuse regions that lie outside a picture, or are called as what lies in none.

    Parameters
    ----------
    regions : mapping of str to Box
        Regions of a picture by name, in pixels.
    size : (int, int)
        Height and width of the picture.

    Raises
    ------
    ArgumentError
        If there is one.
    """
    for name, box in regions.items():
        if name in (ELSEWHERE, OUTSIDE):
            raise ArgumentError(f"{name!r} is what lies in no region: call yours otherwise")
        if not box.meets(size):
            raise ArgumentError(
                f"{name!r} lies outside the picture: columns {box.left:g} to {box.right:g} and "
                f"rows {box.top:g} to {box.bottom:g} of {size[1]} columns and {size[0]} rows"
            )


def rest_of(regions: Collection[str]) -> str:
    """Return what the units in none of some regions are called."""
    return ELSEWHERE if len(regions) == 1 else OUTSIDE


def _masks(
    activations: Activations, regions: Mapping[str, Box]
) -> dict[str, npt.NDArray[np.bool_]]:
    """Return which units belong to each region, and to none."""
    height, width = activations.maps.shape[-2:]
    masks = {}
    outside = np.ones((height, width), dtype=bool)
    for name, box in regions.items():
        mask = np.zeros((height, width), dtype=bool)
        down, across = activations.geometry.stride
        for reach in (box, box.grown(down / 2, across / 2)):
            mask[activations.geometry.units_in(reach, (height, width))] = True
            if mask.any():
                break
        else:
            raise ArgumentError(f"no unit of {activations.layer.name!r} is centred in {name!r}")
        masks[name] = mask
        outside &= ~mask
    if outside.any():
        masks[rest_of(regions)] = outside
    return masks


def _change(
    channel: int, region: str, mask: npt.NDArray[np.bool_], before: Values, after: Values
) -> Change:
    first, second = (np.where(mask, values, -np.inf) for values in (before, after))
    row, col = (int(index) for index in np.unravel_index(first.argmax(), first.shape))
    return Change(
        channel=channel,
        region=region,
        before=float(first[row, col]),
        after=float(second.max()),
        row=row,
        col=col,
        same_unit=float(second[row, col]),
    )
