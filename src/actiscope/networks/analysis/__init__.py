"""What a network is made of, what it costs, and what is wrong with it."""

from actiscope.networks.analysis.costs import Analysis, Cost, analyze, format_field
from actiscope.networks.issues import Issue

__all__ = ["Analysis", "Cost", "Issue", "analyze", "format_field"]
