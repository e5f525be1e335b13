"""Questions asked of activations."""

from actiscope.studies.attribution import Attribution, attribute
from actiscope.studies.changes import Change, changes
from actiscope.studies.classes import score_layer
from actiscope.studies.colours import ColourFit, fit_colours
from actiscope.studies.concepts import (
    BoxRegion,
    Example,
    ExampleSet,
    JoinedRegion,
    MaskRegion,
    PolygonRegion,
    Region,
    RunsRegion,
    read_examples,
)
from actiscope.studies.dissection import (
    ChannelAnswer,
    ConceptAnswer,
    Control,
    Dissection,
    Overview,
    dissect,
    survey,
)
from actiscope.studies.occlusion import Occlusion, occlude
from actiscope.studies.peaks import peak_regions
from actiscope.studies.selectivity import Selectivity, selectivity
from actiscope.studies.strongest import ChannelStrength, Measure, strongest
from actiscope.studies.visualization import Visualization, visualize

__all__ = [
    "Attribution",
    "BoxRegion",
    "Change",
    "ChannelAnswer",
    "ChannelStrength",
    "ColourFit",
    "ConceptAnswer",
    "Control",
    "Dissection",
    "Example",
    "ExampleSet",
    "JoinedRegion",
    "MaskRegion",
    "Measure",
    "Occlusion",
    "Overview",
    "PolygonRegion",
    "Region",
    "RunsRegion",
    "Selectivity",
    "Visualization",
    "attribute",
    "changes",
    "dissect",
    "fit_colours",
    "occlude",
    "peak_regions",
    "read_examples",
    "score_layer",
    "selectivity",
    "strongest",
    "survey",
    "visualize",
]
