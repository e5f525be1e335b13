"""Pictures that a channel answers to most."""

from actiscope.studies.visualization.study import OBJECTIVES, Objective, Visualization, visualize

__all__ = ["OBJECTIVES", "Objective", "Visualization", "visualize"]
