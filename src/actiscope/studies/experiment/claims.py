"""Claims about a channel, as sentences that can be checked."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from actiscope.errors import ArgumentError
from actiscope.pictures.lettering import format_percent, format_value
from actiscope.studies.changes import ELSEWHERE, Change
from actiscope.studies.selectivity import Selectivity

Direction = Literal["falls", "rises", "changes"]

GRAMMAR = (
    "channel N falls|rises|changes by more|less than P % at REGION "
    "[and by more|less than P % elsewhere] when PICTURE",
    "channel N is among the K most selective at REGION when PICTURE",
)
"""What a claim may say."""

_BOUND = r"(?:by )?(more|less) than (\d+(?:\.\d*)?|\.\d+) ?%"
_CHANGE = re.compile(
    rf"channel (\d{{1,9}}) (falls|rises|changes) {_BOUND} at (.+?)"
    rf"(?: and {_BOUND} elsewhere)? when (.+)"
)
_RANK = re.compile(r"channel (\d{1,9}) is among the (\d{1,9}) most selective at (.+?) when (.+)")
_SIGNS: dict[str, float] = {"falls": -1, "rises": 1}


@dataclass(frozen=True)
class Bound:
    """How far a value may, or must, have changed.

    Parameters
    ----------
    more : bool
        Whether by more than `percent`, else by less.
    percent : float
        Of the value before.
    """

    more: bool
    percent: float

    def holds(self, moved: float) -> bool:
        """Say whether a change, in percent, keeps to it."""
        return moved > self.percent if self.more else moved < self.percent


@dataclass(frozen=True)
class Claim:
    """What is said of a channel.

    Parameters
    ----------
    text : str
        The sentence.
    channel : int
        From 0.
    region, picture : str
        Where, and in which picture as against the one that it is a variant of.
    direction : "falls", "rises" or "changes"
        Which way the peak within the region goes; what rises does not fall by less than 10 %.
    inside : Bound or None
        How far.
    elsewhere : Bound or None
        How far the peaks of every other region, without the units that it shares with this one, and
        of the units in no region may change, up or down.
    rank : int or None
        The claim is that the channel is among that many most selective ones.
    expected : bool
        False for a control: the study is right if the claim does not hold.
    """

    text: str
    channel: int
    region: str
    picture: str
    direction: Direction = "changes"
    inside: Bound | None = None
    elsewhere: Bound | None = None
    rank: int | None = None
    expected: bool = True


@dataclass(frozen=True)
class Verdict:
    """What became of a claim.

    Parameters
    ----------
    claim : Claim
        The claim.
    holds : bool
        Whether it holds.
    found : str
        The numbers, in words.
    """

    claim: Claim
    holds: bool
    found: str

    @property
    def as_expected(self) -> bool:
        """Whether it holds, or does not if it is a control."""
        return self.holds == self.claim.expected

    @property
    def outcome(self) -> str:
        """Whether it holds, in words that say of a control that it must not."""
        if self.claim.expected:
            return "holds" if self.holds else "does not hold"
        return f"a control: must not hold, {'but does' if self.holds else 'and does not'}"


def read_claim(text: str, *, expected: bool = True) -> Claim:
    """Read a sentence.

    Parameters
    ----------
    text : str
        As in `GRAMMAR`.
    expected : bool
        False for a control.

    Returns
    -------
    Claim
        What it says.

    Raises
    ------
    ArgumentError
        If it says nothing that can be checked.

    Examples
    --------
    >>> read_claim("channel 13 falls by more than 40 % at the eye when it is closed").channel
    13
    """
    plain = " ".join(text.split())
    if match := _RANK.fullmatch(plain):
        channel, rank, region, picture = match.groups()
        return Claim(plain, int(channel), region, picture, rank=int(rank), expected=expected)
    if match := _CHANGE.fullmatch(plain):
        channel, direction, more, percent, region, other, limit, picture = match.groups()
        return Claim(
            plain,
            int(channel),
            region,
            picture,
            cast(Direction, direction),
            Bound(more == "more", float(percent)),
            Bound(other == "more", float(limit)) if other else None,
            expected=expected,
        )
    raise ArgumentError(f"{plain!r} is no claim; say: " + "; or: ".join(GRAMMAR))


def check(
    claim: Claim, ranked: Mapping[str, list[Selectivity]], elsewhere: Sequence[Change]
) -> Verdict:
    """Check a claim.

    Parameters
    ----------
    claim : Claim
        The claim.
    ranked : mapping of str to list of Selectivity
        What `selectivity` found for its picture.
    elsewhere : sequence of Change
        What `changes_elsewhere` found for its channel and region.

    Returns
    -------
    Verdict
        Whether it holds, with the numbers.
    """
    here = next(one for one in ranked[claim.region] if one.inside.channel == claim.channel)
    if claim.rank is not None:
        return Verdict(claim, here.rank <= claim.rank, f"it is {here.rank} of {here.channels}")
    texts = [f"{_say(here.inside)} at {claim.region}"]
    holds = _holds(claim, here.inside)
    if claim.elsewhere is not None and elsewhere:
        is_least = claim.elsewhere.more
        decisive = min(elsewhere, key=_moved) if is_least else max(elsewhere, key=_moved)
        holds = holds and claim.elsewhere.holds(_moved(decisive))
        limit = "least" if is_least else "most"
        where = "" if decisive.region == ELSEWHERE else f" ({decisive.region})"
        texts.append(f"elsewhere at {limit} {_say(decisive)}{where}")
    elif claim.elsewhere is not None:
        holds = False
        texts.append("and there is no unit elsewhere")
    return Verdict(claim, holds, ", ".join(texts))


def _holds(claim: Claim, change: Change) -> bool:
    """Say whether a peak went the way that is claimed, and as far."""
    if change.percent is None or claim.inside is None:
        return False
    sign = _SIGNS.get(claim.direction)
    moved = abs(change.percent) if sign is None else sign * change.percent
    return moved >= 0 and claim.inside.holds(moved)


def _moved(change: Change) -> float:
    """Return how far a peak moved, in percent; without end where it was not positive before."""
    if change.percent is None:
        return math.inf if change.difference else 0.0
    return abs(change.percent)


def _say(change: Change) -> str:
    if change.percent is None:
        return f"from {format_value(change.before)} to {format_value(change.after)}"
    return format_percent(change.percent)
