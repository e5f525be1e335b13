"""The page of an index."""

import base64
import json
from collections.abc import Callable, Sequence
from importlib.resources import files

import jinja2

from actiscope.collection.index import Index
from actiscope.collection.sources import OnProblem
from actiscope.networks import Network
from actiscope.pictures import palette
from actiscope.report.cards.collecting import collect_cards
from actiscope.report.explorer.page import for_script, import_map

_MODULES = ("cards-painting.js", "dom.js")
_PARTS = ("page.html", "page.css", "page.js")
_MOST_FAILURES = 500


def render_index(
    index: Index,
    network: Network,
    layers: Sequence[str] | None = None,
    *,
    tell: Callable[[int, int], None] = lambda _done, _of: None,
    on_lost: OnProblem = lambda _name, _reason: None,
) -> str:
    """Return the cards of all channels as one HTML page that needs nothing else.

    Parameters
    ----------
    index : Index
        The index.
    network : Network
        The network that it was built with.
    layers : sequence of str, optional
        Which layers; all that the index has by default.
    tell : callable
        Told how many pictures are done, of how many.
    on_lost : callable
        Told the name of a picture that has gone or changed, and why it is blank.

    Returns
    -------
    str
        The page.

    Raises
    ------
    ArgumentError
        As for `collect_cards`.
    LayerNotFoundError
        If a layer is not in the index.
    """
    data = collect_cards(index, network, layers, tell=tell, on_lost=on_lost)
    colours = base64.b64encode(palette("viridis").tobytes()).decode()
    failures = list(index.failures.items())
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    folder = files(__package__)
    read = {name: folder.joinpath(name).read_text(encoding="utf-8") for name in _PARTS}
    text = json.dumps({**data, "colours": colours}, allow_nan=False, separators=(",", ":"))
    return environment.from_string(read["page.html"]).render(
        about=index.settings.network,
        images=index.images,
        finished=index.finished,
        size=index.settings.size,
        per_image=index.settings.per_image,
        layers=[index.layer(name) for name in data["layers"]],
        patches=data["patches"],
        lost=sum(
            patch["trouble"] is not None
            for cards in data["layers"].values()
            for card in cards
            for patch in card["patches"]
        ),
        failures=failures[:_MOST_FAILURES],
        more_failures=max(len(failures) - _MOST_FAILURES, 0),
        style=read["page.css"],
        script=read["page.js"],
        importmap=import_map(_MODULES),
        data=for_script(text),
    )
