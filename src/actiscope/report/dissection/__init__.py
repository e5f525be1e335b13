"""A dissection as a page: the best channels, the pictures that they answer to, and the doubts."""

from actiscope.report.dissection.page import render_dissection, wanted_pictures

__all__ = ["render_dissection", "wanted_pictures"]
