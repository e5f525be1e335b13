"""Regions that are marked beforehand on the pictures of a page."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from actiscope.errors import ArgumentError
from actiscope.geometry import Box
from actiscope.layers import Layer
from actiscope.networks import Network
from actiscope.report.explorer.evidence import corners, describe_changes
from actiscope.report.explorer.looking import fed_size, look
from actiscope.report.explorer.slides import Slide
from actiscope.studies import selectivity
from actiscope.studies.changes import check_regions


def region_view(regions: Mapping[str, Box], slides: Sequence[Slide]) -> dict[str, Any] | None:
    """Return the view that a page begins with when regions are marked.

    Parameters
    ----------
    regions : mapping of str to Box
        Regions by name, in pixels of the pictures.
    slides : sequence of Slide
        One picture, or two to compare, whose channels are then ordered by how selectively they
        changed.

    Returns
    -------
    dict or None
        As `render_report` takes it; None without regions.

    Raises
    ------
    ArgumentError
        If a region lies outside a picture, or its name cannot stand in an address.
    """
    if not regions:
        return None
    for slide in slides:
        check_regions(regions, (slide.pixels.shape[0], slide.pixels.shape[1]))
    for name in regions:
        if ";" in name:
            raise ArgumentError(f"the name of a region has no ';': {name!r}")
    marked = ";".join(
        f"{name}={','.join(json.dumps(edge) for edge in corners(box))}"
        for name, box in regions.items()
    )
    order = "&sort=selective" if len(slides) > 1 else ""
    return {"address": f"?regions={quote(marked)}{order}"}


def region_changes(
    network: Network,
    slides: tuple[Slide, Slide],
    layers: Sequence[Layer],
    size: str,
    regions: Mapping[str, Box],
    tell: Callable[[], object],
) -> list[dict[str, Any]]:
    """Say of layers what changed in regions between two pictures.

    Parameters
    ----------
    network : Network
        The network.
    slides : (Slide, Slide)
        The pictures.
    layers : sequence of Layer
        Which layers.
    size : str
        As for `fed_size`.
    regions : mapping of str to Box
        Regions by name, in pixels of the pictures.
    tell : callable
        Called after each layer.

    Returns
    -------
    list of dict
        What a page knows of changes, layer by layer; without layers of which none can be told:
        each unit sees everything, values are no finite numbers, or the pictures differ in size.
    """
    first, second = slides
    if first.pixels.shape != second.pixels.shape:
        return []
    marked = [{"name": name, "box": corners(box)} for name, box in regions.items()]
    answers = (
        look(network, each.pixels, layers, fed_size(network, each.pixels, size)) for each in slides
    )
    found = []
    for layer, before, after in zip(layers, *answers, strict=True):
        try:
            ranked = selectivity(before, after, regions)
        except ArgumentError:
            continue
        finally:
            tell()
        known = {"a": first.id, "b": second.id, "layer": layer.index, "regions": marked}
        found.append({**known, "found": describe_changes(regions, ranked)})
    return found
