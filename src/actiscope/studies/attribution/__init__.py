"""What a value owes to each part of a picture."""

from actiscope.studies.attribution.attributing import attribute
from actiscope.studies.attribution.result import METHODS, Attribution, Method

__all__ = ["METHODS", "Attribution", "Method", "attribute"]
