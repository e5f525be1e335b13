"""The templates of the pages, and how they write numbers."""

from collections.abc import Sequence
from importlib.resources import files

import jinja2

from actiscope.layers import format_size
from actiscope.pictures.lettering import format_value


def load_template(name: str) -> jinja2.Template:
    """Return a template of this folder, with what all of them share.

    Parameters
    ----------
    name : str
        Name of the file.

    Returns
    -------
    jinja2.Template
        It knows the style of the pages as `style`.
    """
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=jinja2.FunctionLoader(_read),
    )
    environment.filters |= {
        "num": format_value,
        "percent": _percent,
        "size": format_size,
        "path": _path,
        "p": _p,
    }
    return environment.get_template(name, globals={"style": _read("page.css")})


def _read(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _path(points: Sequence[tuple[float, float]], width: float, middle: float, half: float) -> str:
    """Return a histogram, to both sides of a line, as the data of an SVG path."""
    if not points:
        return ""
    above = [f"{width * x:.1f} {middle - half * y:.1f}" for x, y in points]
    below = [f"{width * x:.1f} {middle + half * y:.1f}" for x, y in reversed(points)]
    return f"M{'L'.join(above + below)}Z"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _p(value: float) -> str:
    """Write a probability.

    Examples
    --------
    >>> _p(0.0421), _p(1.95e-05)
    ('0.042', '0.00002')
    """
    if value >= 0.001:
        return f"{value:.2g}"
    return f"{value:.5f}" if value >= 0.00001 else f"{value:.0e}"
