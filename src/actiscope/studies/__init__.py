"""Questions asked of activations."""

from actiscope.studies.changes import Change, changed_region, changes
from actiscope.studies.strongest import ChannelStrength, Measure, strongest

__all__ = ["Change", "ChannelStrength", "Measure", "changed_region", "changes", "strongest"]
