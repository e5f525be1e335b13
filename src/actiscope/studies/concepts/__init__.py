"""Which pictures of a set show a concept, and where on them."""

from actiscope.studies.concepts.examples import Example, ExampleSet
from actiscope.studies.concepts.finding import read_examples
from actiscope.studies.concepts.regions import (
    BoxRegion,
    JoinedRegion,
    MaskRegion,
    PolygonRegion,
    Region,
    RunsRegion,
)

__all__ = [
    "BoxRegion",
    "Example",
    "ExampleSet",
    "JoinedRegion",
    "MaskRegion",
    "PolygonRegion",
    "Region",
    "RunsRegion",
    "read_examples",
]
