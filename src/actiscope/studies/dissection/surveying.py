"""Bring a set of pictures through a layer, of a network and of its controls."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any, get_args

from actiscope.checks import Size, check_size
from actiscope.errors import ArgumentError, NetworkError
from actiscope.networks import Network
from actiscope.studies.concepts import Example, ExampleSet
from actiscope.studies.dissection.localizing import localize
from actiscope.studies.dissection.result import By, Localization
from actiscope.studies.dissection.scoring import Run, Scores, score

CONTROLS = 5
"""Networks with random weights by default: more than one, for one may be lucky."""


class Surveyor:
    """Runs pictures through a layer, and tells how far that is.

    Parameters
    ----------
    network : Network
        The network.
    examples : ExampleSet
        The pictures.
    layer : str or int
        The layer.
    concepts : sequence of str
        What is looked for.
    by : "max" or "mean"
        What a channel's score for a picture is.
    size : int or (int, int), optional
        As for `dissect`.
    controls : int
        How many networks with random weights.
    seed : int
        Of their weights.
    tell : callable, optional
        Told after each picture how many have been run, and how many will be in all.

    Raises
    ------
    LayerNotFoundError
        If there is no such layer.
    ArgumentError
        If an option is none.
    """

    def __init__(
        self,
        network: Network,
        examples: ExampleSet,
        layer: str | int,
        concepts: Sequence[str],
        *,
        by: By,
        size: Size | None,
        controls: int,
        seed: int,
        tell: Callable[[int, int], object] | None,
    ) -> None:
        if by not in get_args(By):
            raise ArgumentError(f"a picture is scored by {' or '.join(get_args(By))}, not {by!r}")
        if controls < 0:
            raise ArgumentError(f"there are 0 controls or more, not {controls}")
        found = network.layers.find(layer)
        self._run = Run(network, found.name, _size(network, size))
        self._examples = examples
        self._concepts = concepts
        self._by = by
        self._seed = seed
        self._tell = tell
        self._randoms = self._draw(controls)
        self._first = next(self._randoms, None)
        self._is_located = not found.geometry.is_global and any(
            example.concepts.get(concept) is not None
            for example in examples.examples
            for concept in concepts
        )
        runs = 1 + (controls if self._first is not None else 0)
        self._total = len(examples.examples) * (1 + self._is_located) * runs
        self._done = 0

    def score(self) -> Scores:
        """Score all pictures; those that cannot be read are left out and named."""
        return self._score(self._run, self._examples.examples)

    def locate(self, scores: Scores) -> dict[str, Localization]:
        """Say where channels are high, for the concepts of which it is known where they are."""
        return self._locate(self._run, self.kept(scores), scores)

    def controls(
        self, kept: Sequence[Example]
    ) -> Iterator[tuple[int, Scores, dict[str, Localization]]]:
        """Yield the seed of each random network, and what it makes of the same pictures."""
        drawn = chain([] if self._first is None else [self._first], self._randoms)
        for seed, run in enumerate(drawn, start=self._seed):
            scores = self._score(run, kept)
            yield seed, scores, self._locate(run, kept, scores)

    def kept(self, scores: Scores) -> tuple[Example, ...]:
        """Return the pictures that were scored."""
        return tuple(self._examples.examples[number] for number in scores.numbers)

    def describe(self, scores: Scores) -> dict[str, Any]:
        """Return what `Survey` says of pictures, layer and network."""
        network, names = self._run.network, self._examples.examples
        return {
            "network": network.describe(),
            "layer": self._run.layer,
            "shape": scores.shape,
            "classes": network.classes if len(network.classes) == scores.shape[0] else (),
            "source": self._examples.source,
            "by": self._by,
            "resized": self._run.size,
            "size": scores.fed,
            "examples": self.kept(scores),
            "scores": scores.values,
            "failed": tuple((names[number].name, why) for number, why in scores.failed.items()),
            "notes": self._examples.notes,
            "outside": dict(scores.outside),
            "seed": self._seed,
        }

    def _draw(self, controls: int) -> Iterator[Run]:
        network, layer, size = self._run.network, self._run.layer, self._run.size
        for seed in range(self._seed, self._seed + controls):
            try:
                random = network.randomized(seed)
            except NetworkError:  # it has no weights that could be drawn
                return
            yield Run(random, layer, size)

    def _score(self, run: Run, examples: Sequence[Example]) -> Scores:
        return score(
            run, examples, by=self._by, with_thresholds=self._is_located, tell=self._one_more
        )

    def _locate(self, run: Run, kept: Sequence[Example], scores: Scores) -> dict[str, Localization]:
        if scores.thresholds is None:
            return {}
        return localize(run, kept, self._concepts, scores.thresholds, self._one_more)

    def _one_more(self) -> None:
        self._done += 1
        if self._tell is not None:
            self._tell(self._done, self._total)


def _size(network: Network, size: Size | None) -> tuple[int, int] | None:
    if size is not None:
        return check_size(size)
    return network.input_size if network.preparation.size is None else None
