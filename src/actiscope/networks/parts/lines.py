"""How one axis of a picture is cut into parts, so that each part gives what the whole gives.

Along an axis, a unit is the same in a part as in the whole if

* all that it reads, padding included, lies within the part, or the part ends where the picture
  does;
* every layer before it has its units at the same places: the part begins at a multiple of the
  `period`, which all their strides divide;
* every layer before it rounds its number of units in the same way: the part is as long as the
  picture but for a multiple of the period, and long enough for all of them.
"""

import math
from dataclasses import dataclass

from actiscope.geometry import Axis


@dataclass(frozen=True)
class Cut:
    """A part along one axis.

    Parameters
    ----------
    first, last : int
        The units that it gives, ``[first, last)``.
    start, stop : int
        The pixels that it reads, ``[start, stop)``.
    offset, units : int
        Number of the first unit that those pixels give, and how many they give.
    """

    first: int
    last: int
    start: int
    stop: int
    offset: int
    units: int

    @property
    def length(self) -> int:
        """How many pixels it reads."""
        return self.stop - self.start

    @property
    def given(self) -> slice:
        """Its units among those of the whole."""
        return slice(self.first, self.last)

    @property
    def taken(self) -> slice:
        """Its units among those that its pixels give."""
        return slice(self.first - self.offset, self.last - self.offset)


@dataclass(frozen=True)
class Line:
    """An axis of a picture, and where a layer's units look along it.

    Parameters
    ----------
    pixels, units : int
        How many there are.
    axis : Axis
        Where the units look.
    period : int
        Pixels that a part is moved by.
    before, after : int
        Pixels at the two ends of a part that belong to no unit, since a layer cuts some away.
    shortest : int
        Pixels that a part has at least.
    """

    pixels: int
    units: int
    axis: Axis
    period: int
    before: int = 0
    after: int = 0
    shortest: int = 1

    @property
    def step(self) -> int:
        """Units in a period."""
        return round(self.period / self.axis.stride)

    def cut(self, first: int, last: int) -> Cut:
        """Return the part that gives the units from `first` to before `last`."""
        start = self.axis.span_of(first)[0] - self.before
        stop = self.axis.span_of(last - 1)[1] + self.after
        periods = max(math.floor(start / self.period), 0)
        left = max(math.floor((self.pixels - stop) / self.period), 0)
        short = self.shortest - self.pixels + (periods + left) * self.period
        while short > 0 and periods + left:
            periods, left = (periods - 1, left) if periods else (0, left - 1)
            short -= self.period
        return Cut(
            first=first,
            last=last,
            start=periods * self.period,
            stop=self.pixels - left * self.period,
            offset=periods * self.step,
            units=self.units - (periods + left) * self.step,
        )

    def longest(self, units: int) -> int:
        """Return how many pixels a part reads at most that gives some units and one before."""
        span = self.axis.stop - self.axis.start + units * self.axis.stride
        most = max(math.ceil(span) + self.before + self.after, self.shortest)
        return min(most + 2 * (self.period - 1), self.pixels)

    def whole_steps(self, units: float) -> int:
        """Return the most units, in whole periods, that are no more than some; at least one."""
        return max(math.floor(units / self.step), 1) * self.step

    def cuts(self, units: int) -> list[Cut]:
        """Return parts of some units each; all but the first give the last unit before, too."""
        firsts = range(0, self.units, units)
        return [self.cut(max(first - 1, 0), min(first + units, self.units)) for first in firsts]
