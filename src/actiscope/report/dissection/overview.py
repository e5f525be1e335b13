"""The page of an overview: every concept with the channel that answers best to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from actiscope.report.dissection.drawing import Card, area_axis, make_card, shared_limits
from actiscope.report.dissection.template import load_template
from actiscope.studies.dissection import (
    ConceptAnswer,
    Look,
    Overview,
    overview_answer,
    overview_caveats,
)

_STRONGEST = 8
_MOST_PICTURED = 60
_MOST_LISTED = 20


@dataclass(frozen=True)
class Row:
    """A concept, and the pictures that its best channel answers to."""

    answer: ConceptAnswer
    cards: list[Card]


def wanted_of_overview(found: Overview) -> dict[int, list[int]]:
    """Return which pictures the page shows.

    Parameters
    ----------
    found : Overview
        What was found.

    Returns
    -------
    dict of int to list of int
        For the best channels of the concepts that are told best the pictures with the highest
        scores.
    """
    return {
        each.channel: [int(number) for number in found.strongest(each.channel)[:_STRONGEST]]
        for each in found.concepts[:_MOST_PICTURED]
    }


def render_overview(found: Overview, looks: Mapping[int, Sequence[Look]]) -> str:
    """Return an overview as one HTML page that needs nothing else.

    Parameters
    ----------
    found : Overview
        What was found.
    looks : mapping of int to sequence of Look
        What `look` gives for `wanted_of_overview`.

    Returns
    -------
    str
        The page.
    """
    detectors = list(found.detectors.items())
    rows = [_row(found, each, looks.get(each.channel, ())) for each in found.concepts]
    return load_template("overview.html").render(
        found=found,
        answer=overview_answer(found),
        caveats=overview_caveats(found),
        rows=rows,
        first=rows[0].cards[0],
        detectors=detectors[:_MOST_LISTED],
        more_detectors=max(0, len(detectors) - _MOST_LISTED),
        axis=area_axis(area for each in found.concepts for area in (each.low, *each.controls)),
        located=any(each.iou is not None for each in found.concepts),
        controls=len(found.concepts[0].controls),
    )


def _row(found: Overview, answer: ConceptAnswer, looks: Sequence[Look]) -> Row:
    if not looks:
        return Row(answer, [])
    limits = shared_limits(looks)
    return Row(
        answer,
        [make_card(found, answer.concept, answer.channel, look, limits) for look in looks],
    )
