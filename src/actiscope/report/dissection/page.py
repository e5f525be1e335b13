"""The page of a dissection."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from actiscope.report.dissection.drawing import (
    Card,
    area_axis,
    dots,
    make_card,
    outline,
    shared_limits,
)
from actiscope.report.dissection.template import load_template
from actiscope.studies.dissection import ChannelAnswer, Dissection, Look, answer, caveats, standing

_STRONGEST = 8
_MISSED = 4


@dataclass(frozen=True)
class Distribution:
    """The scores of some pictures in a channel.

    Parameters
    ----------
    name : str
        Which pictures.
    count : int
        How many.
    dots, outline : list of (float, float)
        As `drawing` gives them.
    median : float
        From the left, 0-1.
    """

    name: str
    count: int
    dots: list[tuple[float, float]]
    outline: list[tuple[float, float]]
    median: float


@dataclass(frozen=True)
class Portrait:
    """All that the page shows of a channel."""

    answer: ChannelAnswer
    found: int
    low: float
    high: float
    distributions: list[Distribution]
    strongest: list[Card]
    missed: list[Card]


def wanted_pictures(found: Dissection, top: int) -> dict[int, list[int]]:
    """Return which pictures the page shows.

    Parameters
    ----------
    found : Dissection
        What was found.
    top : int
        How many channels.

    Returns
    -------
    dict of int to list of int
        For each of the best channels the pictures with the highest scores, and those with the
        concept that have the lowest.
    """
    wanted = {}
    for each in found.channels[:top]:
        ranked = [int(number) for number in found.strongest(each.channel)]
        strongest = ranked[:_STRONGEST]
        missed = [number for number in reversed(ranked) if found.marked[number]][:_MISSED]
        wanted[each.channel] = strongest + [each for each in missed if each not in strongest]
    return wanted


def render_dissection(found: Dissection, looks: Mapping[int, Sequence[Look]]) -> str:
    """Return a dissection as one HTML page that needs nothing else.

    Parameters
    ----------
    found : Dissection
        What was found.
    looks : mapping of int to sequence of Look
        What `look` gives for `wanted_pictures`.

    Returns
    -------
    str
        The page.
    """
    by_number = {each.channel: each for each in found.channels}
    portraits = [_portrait(found, by_number[channel], each) for channel, each in looks.items()]
    return load_template("page.html").render(
        found=found,
        answer=answer(found),
        standing=standing(found),
        caveats=caveats(found),
        portraits=portraits,
        first=portraits[0].strongest[0],
        located=found.localization is not None,
        controls=len(found.controls),
        axis=area_axis(
            [*(each.answer.low for each in portraits), *(one.auc for one in found.controls)]
        ),
        opposite=sum(each.is_significant and each.auc < 0.5 for each in found.channels),
    )


def _portrait(found: Dissection, best: ChannelAnswer, looks: Sequence[Look]) -> Portrait:
    scores = found.scores[:, best.channel]
    low, high = float(scores.min()), float(scores.max())
    limits = shared_limits(looks)
    cards = [make_card(found, found.concept, best.channel, look, limits) for look in looks]
    strongest = min(_STRONGEST, len(found.examples))
    return Portrait(
        answer=best,
        found=found.found_among_strongest(best.channel),
        low=low,
        high=high,
        distributions=[
            Distribution(
                name=name,
                count=int(chosen.sum()),
                dots=dots(scores[chosen], low, high),
                outline=outline(scores[chosen], low, high),
                median=(float(np.median(scores[chosen])) - low) / ((high - low) or 1),
            )
            for name, chosen in ((found.concept, found.marked), ("the rest", ~found.marked))
        ],
        strongest=cards[:strongest],
        missed=cards[strongest:],
    )
