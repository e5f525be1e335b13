"""MathWorks' example, taken with any picture: its pictures, its numbers, a page."""

from actiscope.report.tour.run import Changed, Walk, run_walk
from actiscope.report.tour.write import check_folder, write_tour

__all__ = ["Changed", "Walk", "check_folder", "run_walk", "write_tour"]
