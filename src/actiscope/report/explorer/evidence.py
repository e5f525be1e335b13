"""Evidence as plain data, for a page."""

from collections.abc import Mapping, Sequence
from typing import Any

from actiscope.geometry import Box
from actiscope.studies import Selectivity


def describe_changes(
    regions: Mapping[str, Box], ranked: Mapping[str, Sequence[Selectivity]]
) -> list[dict[str, Any]]:
    """Return how selectively channels changed.

    Parameters
    ----------
    regions : mapping of str to Box
        Regions of the picture by name.
    ranked : mapping of str to sequence of Selectivity
        What `selectivity` found in each.

    Returns
    -------
    list of dict
        For each region its name, its box (columns and rows of two corners) and its channels, the
        most selective first.
    """
    return [
        {
            "name": name,
            "box": [regions[name].left, regions[name].top, regions[name].right,
                    regions[name].bottom],
            "channels": [one.describe() for one in found],
        }
        for name, found in ranked.items()
    ]  # fmt: skip
