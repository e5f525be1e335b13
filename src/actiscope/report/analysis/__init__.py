"""The analysis of a network as one page: its graph beside its table."""

from actiscope.report.analysis.page import render_analysis

__all__ = ["render_analysis"]
