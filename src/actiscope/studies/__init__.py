"""Questions asked of activations."""

from actiscope.studies.changes import Change, changes
from actiscope.studies.colours import ColourFit, fit_colours
from actiscope.studies.peaks import peak_regions
from actiscope.studies.strongest import ChannelStrength, Measure, strongest

__all__ = [
    "Change",
    "ChannelStrength",
    "ColourFit",
    "Measure",
    "changes",
    "fit_colours",
    "peak_regions",
    "strongest",
]
