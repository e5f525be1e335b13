"""Ask of every channel of a layer which concepts of a set it answers to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from actiscope.checks import Size
from actiscope.errors import ArgumentError
from actiscope.networks import Network
from actiscope.studies.concepts import ExampleSet
from actiscope.studies.dissection.effects import (
    RESAMPLES,
    Floats,
    Marked,
    areas_of,
    bootstrap_interval,
    check_scores,
    ranks_of,
)
from actiscope.studies.dissection.holding_out import held_out_areas
from actiscope.studies.dissection.result import SIGNIFICANT, By, Localization, Survey
from actiscope.studies.dissection.significance import false_discovery, rank_sum_p
from actiscope.studies.dissection.surveying import CONTROLS, Surveyor

_SPLITS = 20


@dataclass(frozen=True)
class ConceptAnswer:
    """Which channel answers best to a concept.

    Parameters
    ----------
    concept : str
        The concept.
    pictures : int
        How many show it.
    channel : int
        The channel with the largest area, from 0.
    auc, low, high : float
        Its area, and the 95 % interval of that.
    q : float
        Corrected for all channels and all concepts.
    held_out : float or None
        Area of the best channel of half of the pictures on the other half.
    controls : tuple of float
        Largest area of each network with random weights.
    significant : int
        How many channels answer with q below 0.05.
    iou : float or None
        Overlap of the channel with the concept, where it is known where that is.
    best_iou : (int, float) or None
        The channel that overlaps most, and how far.
    control_iou : float or None
        The largest overlap of a channel with random weights.
    """

    concept: str
    pictures: int
    channel: int
    auc: float
    low: float
    high: float
    q: float
    held_out: float | None
    controls: tuple[float, ...]
    significant: int
    iou: float | None = None
    best_iou: tuple[int, float] | None = None
    control_iou: float | None = None

    @property
    def is_significant(self) -> bool:
        """Whether the channel answers with q below 0.05."""
        return self.q < SIGNIFICANT and self.auc > 0.5


@dataclass(frozen=True, kw_only=True)
class Overview(Survey):
    """Which channels of a layer answer to which concepts of a set.

    Parameters
    ----------
    concepts : tuple of ConceptAnswer
        All concepts that can be told from the rest, the largest area first.
    marked : ndarray of bool, (K, N)
        Which pictures show each of them.
    areas, q : ndarray of float64, (K, C)
        Of each of them and each channel.
    """

    concepts: tuple[ConceptAnswer, ...]
    marked: Marked
    areas: Floats
    q: Floats

    def answers_of(self, channel: int) -> list[tuple[str, float]]:
        """Return the concepts that a channel answers to with q < 0.05, and the areas.

        Parameters
        ----------
        channel : int
            From 0.

        Returns
        -------
        list of (str, float)
            The largest area first.
        """
        answered = (self.q[:, channel] < SIGNIFICANT) & (self.areas[:, channel] > 0.5)
        found = [
            (self.concepts[number].concept, float(self.areas[number, channel]))
            for number in np.flatnonzero(answered)
        ]
        return sorted(found, key=lambda pair: -pair[1])

    @property
    def detectors(self) -> dict[int, list[tuple[str, float]]]:
        """The channels that answer to a concept, those that answer to most first."""
        found = {channel: self.answers_of(channel) for channel in range(self.shape[0])}
        ranked = sorted(
            (channel for channel in found if found[channel]),
            key=lambda channel: (-len(found[channel]), -found[channel][0][1]),
        )
        return {channel: found[channel] for channel in ranked}


def survey(
    network: Network,
    examples: ExampleSet,
    layer: str | int,
    *,
    by: By = "max",
    size: Size | None = None,
    resamples: int = RESAMPLES,
    controls: int = CONTROLS,
    seed: int = 0,
    tell: Callable[[int, int], object] | None = None,
) -> Overview:
    """Ask of every channel of a layer which concepts of a set it answers to.

    Each picture is scored once by each channel. For each concept the areas under the ROC curve of
    all channels are found, and tested by rank sums; q is by Benjamini and Hochberg over all
    channels and concepts together. `dissect` asks for one concept more closely.

    Parameters
    ----------
    network, examples, layer
        As for `dissect`.
    by, size, resamples, controls, seed, tell
        As for `dissect`.

    Returns
    -------
    Overview
        All concepts, the best told first.

    Raises
    ------
    LayerNotFoundError
        If there is no such layer.
    ArgumentError
        If no concept can be told from the rest, or an option is none.
    NetworkError
        If the network cannot be run on any picture.
    """
    names = list(examples.counts)
    surveyor = Surveyor(
        network, examples, layer, names,
        by=by, size=size, controls=controls, seed=seed, tell=tell,
    )  # fmt: skip
    scores = surveyor.score()
    kept = surveyor.kept(scores)
    marked = np.array([[name in each.concepts for each in kept] for name in names], dtype=bool)
    marked = marked.reshape(len(names), len(kept))
    told = marked.any(axis=1) & ~marked.all(axis=1)
    if not told.any():
        raise ArgumentError(
            f"no concept can be told from the rest: by {examples.source} all {len(kept)} pictures "
            f"show {', '.join(names) or 'nothing'}"
        )
    names, marked = [names[number] for number in np.flatnonzero(told)], marked[told]
    check_scores(scores.values, marked[0])
    ranks = ranks_of(scores.values)
    areas = areas_of(ranks, marked)
    q = false_discovery(rank_sum_p(ranks, marked).ravel()).reshape(areas.shape)
    located = surveyor.locate(scores)
    held_out = held_out_areas(scores.values, marked, splits=_SPLITS, seed=seed)
    random = [
        (areas_of(ranks_of(drawn.values), marked).max(axis=1), where)
        for _, drawn, where in surveyor.controls(kept)
    ]
    answers = []
    for number, name in enumerate(names):
        row = marked[number]
        best = int(areas[number].argmax())
        ((low, high),) = bootstrap_interval(
            scores.values[:, [best]], row, resamples=resamples, seed=seed
        )
        answers.append(
            ConceptAnswer(
                concept=name,
                pictures=int(row.sum()),
                channel=best,
                auc=float(areas[number, best]),
                low=float(low),
                high=float(high),
                q=float(q[number, best]),
                held_out=None if np.isnan(held_out[number]) else float(held_out[number]),
                controls=tuple(float(reached[number]) for reached, _ in random),
                significant=int(((q[number] < SIGNIFICANT) & (areas[number] > 0.5)).sum()),
                **_overlap(name, best, located, [where for _, where in random]),
            )
        )
    order = np.argsort(-areas.max(axis=1), kind="stable")
    return Overview(
        **surveyor.describe(scores),
        resamples=resamples,
        concepts=tuple(answers[number] for number in order),
        marked=marked[order],
        areas=areas[order],
        q=q[order],
    )


def _overlap(
    concept: str,
    channel: int,
    located: dict[str, Localization],
    random: list[dict[str, Localization]],
) -> dict[str, Any]:
    if concept not in located:
        return {}
    iou = located[concept].iou
    most = int(iou.argmax())
    return {
        "iou": float(iou[channel]),
        "best_iou": (most, float(iou[most])),
        "control_iou": max((float(each[concept].iou.max()) for each in random), default=None),
    }
