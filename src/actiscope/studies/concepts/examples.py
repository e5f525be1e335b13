"""Pictures of a set, and the concepts that are marked on them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from actiscope.studies.concepts.regions import Region


@dataclass(frozen=True)
class Example:
    """A picture of a set.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    name : str
        Its path within the folder of the set.
    concepts : mapping of str to Region or None
        What it shows, and where, None where that is not known.
    """

    path: Path
    name: str
    concepts: Mapping[str, Region | None]


@dataclass(frozen=True)
class ExampleSet:
    """A set of pictures with concepts marked.

    Parameters
    ----------
    examples : tuple of Example
        In order of their names.
    source : str
        What says which picture shows what.
    notes : tuple of str
        What was left out, and why.
    """

    examples: tuple[Example, ...]
    source: str
    notes: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many pictures show each concept, the most frequent first."""
        counted = Counter(concept for each in self.examples for concept in each.concepts)
        return dict(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))
