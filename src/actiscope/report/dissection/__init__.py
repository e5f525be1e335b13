"""The pages of a dissection and of an overview."""

from actiscope.report.dissection.overview import render_overview, wanted_of_overview
from actiscope.report.dissection.page import render_dissection, wanted_pictures

__all__ = ["render_dissection", "render_overview", "wanted_of_overview", "wanted_pictures"]
