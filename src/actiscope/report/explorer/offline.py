"""The explorer in one file: the page with everything in it."""

import base64
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from actiscope.activations import Values
from actiscope.collection.index import Index
from actiscope.images import encode_png
from actiscope.images.shrinking import shrink
from actiscope.layers import Layer
from actiscope.networks import Network
from actiscope.report.cards.collecting import collect_cards
from actiscope.report.cards.describing import describe_index
from actiscope.report.explorer.describing import count_classes, describe_network
from actiscope.report.explorer.evidence import NO_EVIDENCE
from actiscope.report.explorer.looking import fed_size, look, pack_thumbnails, thumbnail
from actiscope.report.explorer.page import render_page
from actiscope.report.explorer.slides import Slide
from actiscope.report.explorer.sprites import pack_layer

_LEVEL = 9
_PATCHES = 8
_LONGEST = 1000
"""Pixels of the longer side of a picture, as it is shown; what goes in is the picture itself."""


def render_report(
    network: Network,
    slides: Sequence[Slide],
    *,
    layers: Sequence[Layer] | None = None,
    others: Sequence[Slide] = (),
    size: str = "own",
    view: Mapping[str, Any] | None = None,
    evidence: Mapping[str, Any] | None = None,
    index: Index | None = None,
    tell: Callable[[], object] = lambda: None,
) -> str:
    """Look at pictures through a network, and return one HTML page that needs nothing else.

    Parameters
    ----------
    network : Network
        The network.
    slides : sequence of Slide
        One picture, two to compare, or those of a study.
    layers : sequence of Layer, optional
        Layers whose channels are in it; all by default.
    others : sequence of Slide
        Further pictures of the study, of which only its layer is in it.
    size : str
        "own", "native", "227" or "227x300": what the pictures are brought to.
    view : mapping, optional
        What the page begins with, as it understands it; fit for JSON.
    evidence : mapping, optional
        "dissections" and "study", as `actiscope.report.explorer.evidence` describes them.
    index : Index, optional
        An index of a collection: the cards of the layers that it and the page have are in it.
    tell : callable
        Called after each layer of each picture.

    Returns
    -------
    str
        The page.

    Raises
    ------
    ImageSizeError
        If a picture is too small for a layer.
    ArgumentError
        If the index was built with another network.
    """
    chosen = {layer.index for layer in (network.layers if layers is None else layers)}
    data: dict[str, Any] = {
        "network": {**describe_network(network), "can_edit": False},
        "pictures": [],
        "size": size,
        "sprites": {},
        "thumbnails": {},
        "classes": {},
        "evidence": dict(evidence or NO_EVIDENCE),
    }
    if index is not None:
        data["network"]["indexed"], data["cards"] = _cards(index, network, chosen)
    if view is not None:
        data["view"] = dict(view)
    further = {slide.id for slide in others}
    for slide in (*slides, *others):
        kept = {data["evidence"]["study"]["layer"]} if slide.id in further else chosen
        fed = fed_size(network, slide.pixels, size)
        png = base64.b64encode(encode_png(shrink(slide.pixels, _LONGEST))).decode()
        data["pictures"].append({**slide.describe(), "png": png})
        small: list[Values] = []
        for activations in look(network, slide.pixels, network.layers, fed):
            small.append(thumbnail(activations))
            if activations.layer.index in kept:
                key = f"{slide.id}/{activations.layer.index}"
                data["sprites"][key] = _compress(pack_layer(activations))
            tell()
        data["thumbnails"][slide.id] = _compress(pack_thumbnails(small, activations))
        if count_classes(network):
            found = network.classify(slide.pixels, top=5, size=fed)
            data["classes"][slide.id] = [asdict(one) for one in found]
        else:
            data["classes"][slide.id] = []
    return render_page(data)


def _cards(
    index: Index, network: Network, chosen: set[int]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what is known of an index, and the cards of some layers by their indices."""
    index.check_network(network)
    about = describe_index(index, network)
    about["layers"] = [number for number in about["layers"] if number in chosen]
    names = [network.layers.find(number).name for number in about["layers"]]
    cards = collect_cards(index, network, names, most_patches=_PATCHES)
    layers = dict(zip(about["layers"], cards["layers"].values(), strict=True))
    return about, {**cards, "layers": layers}


def _compress(sprite: bytes) -> str:
    return base64.b64encode(zlib.compress(sprite, _LEVEL)).decode()
