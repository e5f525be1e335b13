"""Questions asked of activations."""

from actiscope.studies.changes import Change, changes
from actiscope.studies.colours import ColourFit, fit_colours
from actiscope.studies.occlusion import Occlusion, occlude
from actiscope.studies.peaks import peak_regions
from actiscope.studies.selectivity import Selectivity, selectivity
from actiscope.studies.strongest import ChannelStrength, Measure, strongest

__all__ = [
    "Change",
    "ChannelStrength",
    "ColourFit",
    "Measure",
    "Occlusion",
    "Selectivity",
    "changes",
    "fit_colours",
    "occlude",
    "peak_regions",
    "selectivity",
    "strongest",
]
