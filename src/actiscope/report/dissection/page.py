"""The page of a dissection."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

import jinja2
import numpy as np

from actiscope.layers import format_size
from actiscope.pictures.lettering import format_value
from actiscope.report.dissection.drawing import Shown, dots, outline, shared_limits, show
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
class Card:
    """A picture with what is written below it."""

    shown: Shown
    name: str
    concepts: str
    marked: bool
    score: float


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
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "num": format_value,
        "percent": _percent,
        "size": format_size,
        "path": _path,
        "p": _p,
    }
    folder = files(__package__)
    read = {
        name: folder.joinpath(name).read_text(encoding="utf-8")
        for name in ("page.html", "page.css")
    }
    by_number = {each.channel: each for each in found.channels}
    return environment.from_string(read["page.html"]).render(
        found=found,
        answer=answer(found),
        standing=standing(found),
        caveats=caveats(found),
        style=read["page.css"],
        portraits=[_portrait(found, by_number[channel], each) for channel, each in looks.items()],
        axis=_axis(found, [by_number[channel] for channel in looks]),
        opposite=sum(each.is_significant and each.auc < 0.5 for each in found.channels),
    )


def _portrait(found: Dissection, best: ChannelAnswer, looks: Sequence[Look]) -> Portrait:
    scores = found.scores[:, best.channel]
    low, high = float(scores.min()), float(scores.max())
    limits = shared_limits(looks)
    cards = [_card(found, best.channel, look, limits) for look in looks]
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


def _card(found: Dissection, channel: int, look: Look, limits: tuple[float, float]) -> Card:
    example = found.examples[look.number]
    return Card(
        shown=show(look, limits, example.concepts.get(found.concept)),
        name=example.name,
        concepts=", ".join(sorted(example.concepts)) or "none",
        marked=bool(found.marked[look.number]),
        score=float(found.scores[look.number, channel]),
    )


def _axis(found: Dissection, best: Sequence[ChannelAnswer]) -> dict[str, float]:
    """Return where the axis of the areas begins and ends: at 0.5 and 1, or lower if need be."""
    lowest = min([0.5, *(each.low for each in best), *(each.auc for each in found.controls)])
    return {"low": np.floor(10 * lowest) / 10, "high": 1.0}


def _path(points: Sequence[tuple[float, float]], width: float, middle: float, half: float) -> str:
    """Return a histogram, to both sides of a line, as the data of an SVG path."""
    if not points:
        return ""
    above = [f"{width * x:.1f} {middle - half * y:.1f}" for x, y in points]
    below = [f"{width * x:.1f} {middle + half * y:.1f}" for x, y in reversed(points)]
    return f"M{'L'.join(above + below)}Z"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _p(value: float) -> str:
    """Write a probability.

    Examples
    --------
    >>> _p(0.0421), _p(1.95e-05)
    ('0.042', '0.00002')
    """
    if value >= 0.001:
        return f"{value:.2g}"
    return f"{value:.5f}" if value >= 0.00001 else f"{value:.0e}"
