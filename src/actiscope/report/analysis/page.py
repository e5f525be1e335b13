"""The page of an analysis."""

from collections.abc import Mapping
from importlib.resources import files

import jinja2

from actiscope.layers import format_size
from actiscope.networks.analysis import Analysis, format_field
from actiscope.report.analysis.layout import HEIGHT, WIDTH, Drawn, lay_out
from actiscope.report.families import family

_PARTS = ("page.html", "page.css", "page.js")


def render_analysis(analysis: Analysis) -> str:
    """Return the analysis of a network as one HTML page that needs nothing else.

    Parameters
    ----------
    analysis : Analysis
        What was found.

    Returns
    -------
    str
        The page: the graph, with pan, zoom and search, beside the table.
    """
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.filters |= {
        "size": format_size,
        "shapes": _shapes,
        "field": format_field,
        "family": family,
        "path": _path,
        "mib": lambda number: f"{number / 2**20:,.1f} MiB",
    }
    folder = files(__package__)
    read = {name: folder.joinpath(name).read_text(encoding="utf-8") for name in _PARTS}
    return environment.from_string(read["page.html"]).render(
        analysis=analysis,
        drawn=lay_out(analysis.layers),
        width=WIDTH,
        height=HEIGHT,
        style=read["page.css"],
        script=read["page.js"],
        troubled={issue.layer: issue.severity for issue in reversed(analysis.issues)},
    )


def _shapes(shapes: Mapping[str, tuple[int, ...]]) -> str:
    """Write shapes by role, "weights 64 × 3 × 3 × 3, bias 64"."""
    return ", ".join(f"{role} {format_size(shape)}" for role, shape in shapes.items())


def _path(drawn: Drawn, start: str, end: str) -> str:
    """Return a connection as an SVG path: straight beside layers, a curve between them."""
    x, top = drawn.places[start]
    steps = [f"M{x:g} {top + HEIGHT / 2:g}"]
    for next_x, next_y in [*drawn.bends.get((start, end), ()), drawn.places[end]]:
        above, below = top + HEIGHT / 2, next_y - HEIGHT / 2
        middle = (above + below) / 2
        steps.append(f"C{x:g} {middle:g} {next_x:g} {middle:g} {next_x:g} {below:g}")
        steps.append(f"V{next_y + HEIGHT / 2:g}")
        x, top = next_x, next_y
    return "".join(steps[:-1])
