"""What a dissection found."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from actiscope.studies.concepts import Example
from actiscope.studies.dissection.effects import Floats, Marked

By = Literal["max", "mean"]

TOP_QUANTILE = 0.005
"""Share of a channel's values that count as high: D. Bau et al., "Network Dissection", CVPR 2017,
https://arxiv.org/abs/1704.05796, section 2.3."""

SIGNIFICANT = 0.05
"""Channels with a smaller q count as significant."""


@dataclass(frozen=True)
class ChannelAnswer:
    """How a channel answers to a concept.

    Parameters
    ----------
    channel : int
        From 0.
    auc : float
        Probability that a picture with the concept scores higher than one without, 0-1.
    low, high : float
        Its 95 % confidence interval.
    cohens_d : float
        Difference of the means in pooled standard deviations.
    p, q : float
        By permutation, two-sided; and corrected for the number of channels.
    iou : float or None
        Overlap of where the channel is high with where the concept is, 0-1, where that is known.
    hit_rate : float or None
        Share of the pictures with the concept whose strongest unit lies on it.
    """

    channel: int
    auc: float
    low: float
    high: float
    cohens_d: float
    p: float
    q: float
    iou: float | None = None
    hit_rate: float | None = None

    @property
    def cliffs_delta(self) -> float:
        """How much more often a picture with the concept scores higher than lower, -1 to 1."""
        return 2 * self.auc - 1

    @property
    def is_significant(self) -> bool:
        """Whether q is below 0.05."""
        return self.q < SIGNIFICANT


@dataclass(frozen=True)
class Localization:
    """How well channels say where the concept is.

    Parameters
    ----------
    iou, hit_rate : ndarray of float64, (C,)
        As for `ChannelAnswer`.
    chance : float
        Hit rate of a unit that is drawn by lot.
    pictures : int
        How many pictures with the concept say where it is.
    area : float
        Share of all cells that is marked, 0-1, in the pictures that IoU is about.
    """

    iou: Floats
    hit_rate: Floats
    chance: float
    pictures: int
    area: float

    @property
    def highest_iou(self) -> float:
        """About the largest IoU that a channel can have which is high on 0.5 % of the cells."""
        return min(TOP_QUANTILE, self.area) / max(TOP_QUANTILE, self.area)


@dataclass(frozen=True)
class Control:
    """What a network with random weights reaches in the same way.

    Parameters
    ----------
    seed : int
        Of its weights.
    channel : int
        The best of its channels.
    auc : float
        What that reaches.
    significant : int
        How many of its channels have q below 0.05.
    held_out : float or None
        As for `Dissection`.
    iou, hit_rate : float or None
        The largest of any channel.
    """

    seed: int
    channel: int
    auc: float
    significant: int
    held_out: float | None
    iou: float | None = None
    hit_rate: float | None = None


@dataclass(frozen=True, kw_only=True)
class Survey:
    """A set of pictures through a layer, and how that was done.

    Parameters
    ----------
    network : dict
        What `Network.describe` says.
    layer : str
        Name of the layer.
    shape : tuple of int
        Of its maps, (C, H, W).
    classes : tuple of str
        Names of the network's classes, if it has as many as the layer has channels; else empty.
    source : str
        What says which picture shows what.
    by : "max" or "mean"
        What a channel's score for a picture is: its largest value, or its mean.
    resized : (int, int) or None
        Height and width that pictures were stretched to; None for what the preparation says.
    size : (int, int)
        Height and width of what the network was fed.
    examples : tuple of Example
        The pictures measured.
    scores : ndarray of float64, (N, C)
        One for each picture and channel.
    failed : tuple of (str, str)
        Pictures that were left out, and why.
    notes : tuple of str
        What else was left out.
    outside : dict of str to int
        For each concept how many of its boxes or polygons lie wholly outside their pictures, if any
        do.
    resamples, seed : int
        As given.
    """

    network: dict[str, Any]
    layer: str
    shape: tuple[int, int, int]
    classes: tuple[str, ...]
    source: str
    by: By
    resized: tuple[int, int] | None
    size: tuple[int, int]
    examples: tuple[Example, ...]
    scores: Floats
    failed: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    outside: dict[str, int]
    resamples: int
    seed: int

    def label(self, channel: int) -> str:
        """Return the number of a channel, with the name of its class if it has one."""
        return f"{channel} ({self.classes[channel]})" if self.classes else str(channel)

    def strongest(self, channel: int) -> npt.NDArray[np.intp]:
        """Return the pictures by their score in a channel, the highest first."""
        return np.argsort(-self.scores[:, channel], kind="stable")


@dataclass(frozen=True, kw_only=True)
class Dissection(Survey):
    """Whether channels of a layer answer to a concept, over a set of pictures.

    Parameters
    ----------
    concept : str
        The concept.
    marked : ndarray of bool, (N,)
        Which pictures show it.
    channels : tuple of ChannelAnswer
        All channels, the largest area first.
    permutations : int
        As given.
    smallest_p : float
        About the smallest p that was possible.
    held_out : float or None
        Area of the best channel of half of the pictures on the other half.
    localization : Localization or None
        Where it is known where the concept is.
    controls : tuple of Control
        Networks with random weights; none if none was asked for, or there are no weights to draw.
    """

    concept: str
    marked: Marked
    channels: tuple[ChannelAnswer, ...]
    permutations: int
    smallest_p: float
    held_out: float | None
    localization: Localization | None
    controls: tuple[Control, ...]

    @property
    def best(self) -> ChannelAnswer:
        """The channel with the largest area."""
        return self.channels[0]

    @property
    def control(self) -> Control | None:
        """The network with random weights that does best, if there is one."""
        return max(self.controls, key=lambda control: control.auc, default=None)

    @property
    def having(self) -> int:
        """How many pictures show the concept."""
        return int(self.marked.sum())

    @property
    def rest(self) -> int:
        """How many do not."""
        return int(self.marked.size) - self.having

    @property
    def significant(self) -> tuple[ChannelAnswer, ...]:
        """The channels with q below 0.05 that answer more to the concept than to the rest."""
        return tuple(each for each in self.channels if each.is_significant and each.auc > 0.5)

    def found_among_strongest(self, channel: int) -> int:
        """Return how many of the pictures with the highest scores show the concept.

        Parameters
        ----------
        channel : int
            From 0.

        Returns
        -------
        int
            Of as many pictures as show it at all.
        """
        return int(self.marked[self.strongest(channel)[: self.having]].sum())
