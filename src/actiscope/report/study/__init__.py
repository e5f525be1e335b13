"""The page of a study."""

from actiscope.report.study.page import render_study

__all__ = ["render_study"]
