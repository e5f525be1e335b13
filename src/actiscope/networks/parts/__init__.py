"""A picture through a network part by part, for pictures larger than memory."""

from actiscope.networks.parts.parts import Part, Parts

__all__ = ["Part", "Parts"]
