"""All cards of some layers, with the pictures that they show."""

import base64
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from actiscope.collection.index import Index, TopUnit
from actiscope.collection.patches import Patch, Wanted, cut_patches
from actiscope.collection.rereading import read_picture
from actiscope.collection.sources import OnProblem
from actiscope.errors import ActiscopeError, ArgumentError, one_line
from actiscope.images.shrinking import shrink
from actiscope.images.writing import encode_webp
from actiscope.networks import Network
from actiscope.networks.streaming import map_ahead
from actiscope.report.cards.describing import describe_channel, describe_lost, describe_patch

LONGEST = 320
"""Pixels of the longer side of a picture, as it is shown."""
MOST_PATCHES = 12
_MOST_PICTURES = 3000
"""Pictures of a page: it has as many patches a card as these allow."""


class _Cut(NamedTuple):
    """What is kept of a picture: it, small, or why there is nothing."""

    shown: bytes
    size: tuple[int, int]
    patches: list[Patch]
    trouble: str = ""


def collect_cards(
    index: Index,
    network: Network,
    layers: Sequence[str] | None = None,
    *,
    most_patches: int = MOST_PATCHES,
    tell: Callable[[int, int], None] = lambda _done, _of: None,
    on_lost: OnProblem = lambda _name, _reason: None,
) -> dict[str, Any]:
    """Return the cards of all channels of some layers; each picture is read and run once.

    Parameters
    ----------
    index : Index
        The index.
    network : Network
        The network that it was built with.
    layers : sequence of str, optional
        Which layers; all that the index has by default.
    most_patches : int
        At most how many patches a card has; fewer, if all cards would show too many pictures.
    tell : callable
        Told how many pictures are done, of how many.
    on_lost : callable
        Told the name of a picture that has gone or changed, and why it is blank.

    Returns
    -------
    dict
        `patches`, how many a card has; `layers`, by name, a list of what `describe_card` gives;
        `pictures`, by id, addresses that hold the data; all of it fit for JSON.

    Raises
    ------
    ArgumentError
        If the index was built with another network, or cards of one patch show too many pictures.
    LayerNotFoundError
        If a layer is not in the index.
    """
    index.check_network(network)
    chosen = index.layer_names if layers is None else layers
    names = list(dict.fromkeys(index.layer(name).name for name in chosen))
    summaries = {name: index.channels(name) for name in names}
    units = {
        (name, one.channel): index.answering(name, one.channel)[:most_patches]
        for name in names
        for one in summaries[name]
    }
    count = _fitting(units, min(most_patches, index.settings.top))
    of_picture: dict[str, list[Wanted]] = defaultdict(list)
    for (layer, channel), ranked in units.items():
        for unit in ranked[:count]:
            of_picture[unit.image].append(Wanted(layer, channel, unit))
    high = {(name, one.channel): one.high for name in names for one in summaries[name]}
    described: dict[Wanted, dict[str, Any]] = {}
    pictures = {}

    def cut(image: str) -> _Cut:
        try:
            picture = read_picture(index, image)
            patches = cut_patches(index, network, picture, of_picture[image])
        except ActiscopeError as error:
            return _Cut(b"", (0, 0), [], one_line(error))
        return _Cut(encode_webp(shrink(picture, LONGEST)), picture.shape[:2], patches)

    for done, (image, found) in enumerate(
        zip(of_picture, map_ahead(cut, of_picture), strict=True), start=1
    ):
        wanted = of_picture[image]
        if found.trouble:
            on_lost(wanted[0].unit.name, found.trouble)
            described |= {each: describe_lost(each.unit, found.trouble) for each in wanted}
        else:
            pictures[image] = f"data:image/webp;base64,{base64.b64encode(found.shown).decode()}"
        for each, patch in zip(wanted, found.patches, strict=False):
            limit = high[each.layer, each.channel]
            described[each] = describe_patch(each.unit, patch, found.size, limit)
        tell(done, len(of_picture))
    return {
        "patches": count,
        "pictures": pictures,
        "layers": {
            name: [
                {
                    **describe_channel(index, name, one),
                    "patches": [
                        described[Wanted(name, one.channel, unit)]
                        for unit in units[name, one.channel][:count]
                    ],
                }
                for one in summaries[name]
            ]
            for name in names
        },
    }


def _fitting(units: dict[tuple[str, int], list[TopUnit]], most: int) -> int:
    """Return how many patches a card can have."""
    for count in range(most, 0, -1):
        shown = {unit.image for ranked in units.values() for unit in ranked[:count]}
        if len(shown) <= _MOST_PICTURES:
            return count
    raise ArgumentError(
        f"the strongest of {len(units):,} channels lie on {len(shown):,} pictures, more than the "
        f"{_MOST_PICTURES:,} of a page; name fewer --layers"
    )
