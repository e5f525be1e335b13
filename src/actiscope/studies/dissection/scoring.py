"""Run a set of pictures through a layer."""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from actiscope.activations import Activations, Values
from actiscope.errors import ActiscopeError, NetworkError
from actiscope.networks import Network
from actiscope.networks.streaming import stream
from actiscope.studies.concepts import Example
from actiscope.studies.dissection.effects import Floats
from actiscope.studies.dissection.result import TOP_QUANTILE, By

Tell = Callable[[], object]


@dataclass(frozen=True)
class Run:
    """A layer of a network, and how pictures are brought to it.

    Parameters
    ----------
    network : Network
        The network.
    layer : str
        Name of the layer.
    size : (int, int) or None
        Height and width to resize to; None for what the preparation says.
    """

    network: Network
    layer: str
    size: tuple[int, int] | None

    def over(
        self, examples: Sequence[Example], tell: Tell, failed: dict[int, str] | None = None
    ) -> Iterator[tuple[int, Activations]]:
        """Yield the number of each picture and its activations; those that fail are kept apart."""

        def keep(number: int, error: ActiscopeError) -> None:
            if failed is None:
                raise error
            failed[number] = str(error)
            tell()

        paths = (example.path for example in examples)
        for number, found in stream(
            self.network, paths, [self.layer], size=self.size, on_error=keep
        ):
            yield number, found[self.layer]
            tell()


class TopValues:
    """The largest values of each channel, of more than fit in memory.

    Parameters
    ----------
    count : int
        How many are kept at least.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._kept: list[Values] = []
        self._waiting = 0

    def add(self, values: Values) -> None:
        """Take the values of a picture, (C, units)."""
        self._kept.append(values)
        self._waiting += values.shape[1]
        if self._waiting > 4 * self._count:
            self._merge()

    def largest(self, place: int) -> Values:
        """Return the largest value but `place`, which is below the count, of each channel, (C,)."""
        self._merge()
        kept = self._kept[0]
        return np.asarray(np.partition(kept, kept.shape[1] - 1 - place, axis=1)[:, -1 - place])

    def _merge(self) -> None:
        values = np.concatenate(self._kept, axis=1)
        if values.shape[1] > self._count:
            values = np.partition(values, -self._count, axis=1)[:, -self._count :]
        self._kept = [values]
        self._waiting = values.shape[1]


@dataclass(frozen=True)
class Scores:
    """What a layer answers to pictures.

    Parameters
    ----------
    values : ndarray of float64, (N, C)
        One for each picture and channel.
    numbers : list of int
        Which pictures these are.
    shape : (int, int, int)
        Of the layer's maps, (C, H, W).
    fed : (int, int)
        Height and width of what the network was fed.
    thresholds : ndarray of float32, (C,), or None
        What 0.5 % of a channel's values exceed.
    failed : dict of int to str
        Pictures that could not be read or run, and why.
    outside : mapping of str to int
        For each concept how many of its marks lie wholly outside their pictures, if any do.
    """

    values: Floats
    numbers: list[int]
    shape: tuple[int, int, int]
    fed: tuple[int, int]
    thresholds: Values | None
    failed: dict[int, str] = field(default_factory=dict)
    outside: Mapping[str, int] = field(default_factory=dict)


def score(
    run: Run, examples: Sequence[Example], *, by: By, with_thresholds: bool, tell: Tell
) -> Scores:
    """Score pictures by each channel of a layer.

    Parameters
    ----------
    run : Run
        The layer.
    examples : sequence of Example
        The pictures.
    by : "max" or "mean"
        The largest value of the channel, or its mean.
    with_thresholds : bool
        Whether to find what the top 0.5 % of each channel's values exceed.
    tell : callable
        Called after each picture.

    Returns
    -------
    Scores
        Of the pictures that could be read.

    Raises
    ------
    NetworkError
        If no picture could be, or the layer has another number of units for some.
    """
    failed: dict[int, str] = {}
    outside: Counter[str] = Counter()
    rows: list[Floats] = []
    numbers: list[int] = []
    top: TopValues | None = None
    shape: tuple[int, ...] = ()
    fed = (0, 0)
    for number, activations in run.over(examples, tell, failed):
        maps = activations.maps
        if rows and maps.shape != shape:
            raise NetworkError(
                f"{run.layer!r} has {maps.shape} values for {examples[number].name}, "
                f"and {shape} for others; give a size"
            )
        if not rows:
            shape, fed = maps.shape, activations.input_size
            most = math.ceil(TOP_QUANTILE * maps[0].size * len(examples))
            top = TopValues(1 + most) if with_thresholds else None
        flat = maps.reshape(len(maps), -1)
        rows.append(flat.max(axis=1) if by == "max" else flat.mean(axis=1, dtype=np.float64))
        numbers.append(number)
        for concept, region in examples[number].concepts.items():
            if region is not None:
                outside[concept] += region.count_outside(activations.image_size)
        if top is not None:
            top.add(flat)
    if not rows:
        reason = next(iter(failed.values()), "there is none")
        raise NetworkError(f"no picture of the set could be used: {reason}")
    return Scores(
        values=np.array(rows, dtype=np.float64),
        numbers=numbers,
        shape=(shape[0], shape[1], shape[2]),
        fed=fed,
        thresholds=None
        if top is None
        else top.largest(math.ceil(TOP_QUANTILE * math.prod(shape[1:]) * len(rows))),
        failed=failed,
        outside=+outside,
    )
