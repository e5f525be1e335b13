"""Pictures as the explorer knows them: by what they show."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from actiscope.images.pixels import Pixels


@dataclass(frozen=True)
class Slide:
    """A picture that can be looked at.

    Parameters
    ----------
    name : str
        What it is called.
    pixels : ndarray of uint8, (H, W, 3)
        RGB.
    sample : bool
        Whether it is one of those that are built in.
    of : str, optional
        Id of the picture that it is an edit of.
    """

    name: str
    pixels: Pixels
    sample: bool = False
    of: str | None = None

    @cached_property
    def id(self) -> str:
        """What its pixels are called: 16 hex digits of SHA-256 of shape and pixels."""
        digest = hashlib.sha256(repr(self.pixels.shape).encode())
        digest.update(self.pixels.tobytes())
        return digest.hexdigest()[:16]

    def describe(self) -> dict[str, Any]:
        """Return what it is, as plain data."""
        height, width = self.pixels.shape[:2]
        return {
            "id": self.id,
            "name": self.name,
            "height": height,
            "width": width,
            "sample": self.sample,
            "of": self.of,
        }
