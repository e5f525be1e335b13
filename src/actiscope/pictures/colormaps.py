"""Colour for values in 0-1. The tables come from the cmap package."""

import difflib
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from actiscope.errors import ArgumentError
from actiscope.images import to_uint8
from actiscope.images.pixels import Pixels

if TYPE_CHECKING:
    import cmap

GRAY = "gray"
UNIFORM = "viridis"
SIGNED = "vik"
"""Perceptually uniform, diverging from white: F. Crameri, https://doi.org/10.5281/zenodo.1243862."""

_OTHER_NAMES = {"grey": GRAY, "signed": SIGNED, "uniform": UNIFORM}


def palette(colormap: str) -> Pixels:
    """Return the 256 colours of a colour map.

    Parameters
    ----------
    colormap : str
        "gray", "viridis" (perceptually uniform), "signed" (diverging, its middle is zero), or any
        name that the cmap package knows ("magma", "coolwarm", "batlow_r", ...).

    Returns
    -------
    ndarray of uint8, (256, 3)
        Colours from low to high. Read-only.

    Raises
    ------
    ArgumentError
        If there is no such colour map.
    """
    return _load(standard_name(colormap))[0]


def is_signed(colormap: str) -> bool:
    """Say whether a colour map diverges from a middle, which then has to be zero.

    Parameters
    ----------
    colormap : str
        As in `palette`.

    Returns
    -------
    bool
        True for "signed", "coolwarm", "RdBu_r", ...
    """
    return _load(standard_name(colormap))[1]


def colorize(values: npt.ArrayLike, colormap: str = GRAY) -> Pixels:
    """Turn values in 0-1 into colours.

    Parameters
    ----------
    values : array_like, (...)
        Floats; outside 0-1 they saturate.
    colormap : str
        As in `palette`.

    Returns
    -------
    ndarray of uint8, (..., 3)
        RGB.
    """
    return palette(colormap)[to_uint8(values)]


def standard_name(colormap: str) -> str:
    """Return the name under which a colour map is known: "gray" for "grey", say."""
    reverse = "_r" if colormap.endswith("_r") else ""
    base = colormap.removesuffix("_r")
    return _OTHER_NAMES.get(base.lower(), base) + reverse


@lru_cache(maxsize=64)
def _load(name: str) -> tuple[Pixels, bool]:
    if name == GRAY:
        colours, signed = np.repeat(np.arange(256, dtype=np.uint8)[:, np.newaxis], 3, axis=1), False
    else:
        found = _find(name)
        table = found(np.linspace(0, 1, 256))[:, :3]
        colours, signed = to_uint8(table), found.category == "diverging"
    colours.setflags(write=False)
    return colours, signed


def _find(name: str) -> "cmap.Colormap":
    import cmap

    catalog = cmap.Catalog()
    reverse = "_r" if name.endswith("_r") else ""
    try:
        return cmap.Colormap(catalog.resolve(name.removesuffix("_r")) + reverse)
    except (KeyError, ValueError):
        names = dict.fromkeys([GRAY, UNIFORM, "signed", *catalog])
        near = difflib.get_close_matches(name, names, 3, 0.7)
        hint = f"did you mean {' or '.join(map(repr, near))}?" if near else "try 'viridis'"
        raise ArgumentError(f"there is no colour map {name!r}; {hint}") from None
