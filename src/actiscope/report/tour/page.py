"""The page that tells the walkthrough's story, with the numbers of this picture."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import jinja2
import numpy as np
import numpy.typing as npt

from actiscope.layers import format_size
from actiscope.pictures.lettering import format_value
from actiscope.report.numbers import MINUS, number, percent
from actiscope.report.tour.run import (
    DEEP,
    DEEP_RELU,
    EYE_CHANNELS,
    FIRST,
    RED_CHANNEL,
    Walk,
)

Limits = tuple[float, float]
NO_BREAK = "\N{NO-BREAK SPACE}"


def render_page(walk: Walk, numbers: dict[str, Any]) -> str:
    """Return the page as HTML; its pictures lie beside it.

    Parameters
    ----------
    walk : Walk
        What the network answered.
    numbers : dict
        What `summarize` made of it.

    Returns
    -------
    str
        The page.
    """
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.filters |= {
        "num": number,
        "signed": _signed,
        "size": _size,
        "percent": percent,
    }
    folder = files(__package__)
    template = environment.from_string(folder.joinpath("page.html").read_text(encoding="utf-8"))
    limits = _limits(walk)
    low, high = limits["conv1-grid"]
    return template.render(
        walk=walk,
        numbers=numbers,
        limits=limits,
        zero=-low / (high - low) if low < 0 < high else None,
        style=folder.joinpath("page.css").read_text(encoding="utf-8"),
        eyes=EYE_CHANNELS,
    )


def _limits(walk: Walk) -> dict[str, Limits]:
    """Return which values are black and white in each picture."""
    first, deep, relu = (walk.layers[name] for name in (FIRST, DEEP, DEEP_RELU))
    eyes = list(EYE_CHANNELS)
    limits = {
        "conv1-grid": _span(first.values),
        "conv1-channel-21": _span(first.channel(RED_CHANNEL)),
        "conv1-strongest": _span(first.channel(walk.strongest[FIRST].channel)),
        "fire6-grid": _span(deep.values),
        "fire6-strongest": _span(deep.channel(walk.strongest[DEEP].channel)),
        "eyes": _span(deep.values[eyes]),
        "eyes-relu": _span(relu.values[eyes]),
    }
    if walk.changed_layer is not None:
        limits["eyes-changed"] = _span(walk.changed_layer.values[eyes])
    return limits


def _span(values: npt.NDArray[np.float32]) -> Limits:
    return float(values.min()), float(values.max())


def _size(size: Sequence[int]) -> str:
    return format_size(size).replace(" ", NO_BREAK)


def _signed(value: float) -> str:
    return f"{MINUS if value < 0 else '+'} {format_value(abs(value))}"
