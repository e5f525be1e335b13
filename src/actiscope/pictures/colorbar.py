"""A bar that says which value is which colour."""

import numpy as np

from actiscope.images.pixels import Pixels
from actiscope.pictures.colormaps import GRAY, colorize, is_signed
from actiscope.pictures.lettering import (
    FAINT,
    INK,
    Text,
    format_value,
    paper,
    stack,
    strip,
    text_width,
)
from actiscope.pictures.overlay import overlay

_MARGIN = 8
_WIDEST = 420
_NARROWEST = 180
_LINE = 18
_BAR = 12
_GREY = 128


def colorbar(
    width: int,
    limits: tuple[float, float] | None,
    colormap: str = GRAY,
    label: str = "",
    *,
    laid_over: bool = False,
) -> Pixels:
    """Draw a horizontal colour bar with the true values at its ends, and zero where it lies.

    Parameters
    ----------
    width : int
        Width of the picture it goes under, in pixels; the bar may be narrower or wider.
    limits : (float, float) or None
        Values at the two ends; None where each channel has its own.
    colormap : str
        As in `palette`.
    label : str
        What the values are.
    laid_over : bool
        Whether the colours are those of `overlay`, clear at zero: with limits, they are then shown
        over grey.

    Returns
    -------
    ndarray of uint8, (H, W, 3)
        RGB.
    """
    length = max(_NARROWEST, min(_WIDEST, width - 2 * _MARGIN))
    ramp = np.broadcast_to(np.linspace(0, 1, length), (_BAR, length))
    colours = colorize(ramp, colormap)
    if laid_over and limits is not None:
        grey = np.full_like(colours, _GREY)
        values = limits[0] + ramp * (limits[1] - limits[0])
        colours = np.asarray(overlay(grey, values, limits=limits, colormap=colormap))
    bar = np.concatenate([paper(_BAR, _MARGIN), colours], axis=1)
    total = length + 2 * _MARGIN
    left, right = _MARGIN, _MARGIN + length
    low, high = _ends(limits, colormap)
    texts: list[Text] = [(left, low, "l", INK), (right, high, "r", INK)]
    if limits is not None and min(limits) < 0 < max(limits):
        zero = left + length * -limits[0] / (limits[1] - limits[0])
        room = (left + text_width(low) + 8 < zero - 4, zero + 4 < right - text_width(high) - 8)
        if all(room):
            texts.append((zero, "0", "m", INK))
    parts = [paper(_MARGIN, total), bar, strip(total, _LINE, texts)]
    if label:
        wide = max(total, text_width(label) + 2 * _MARGIN)
        parts.insert(0, strip(wide, _LINE, [(left, label, "l", FAINT)]))
    return stack(parts)


def _ends(limits: tuple[float, float] | None, colormap: str) -> tuple[str, str]:
    if limits is not None:
        return format_value(limits[0]), format_value(limits[1])
    if is_signed(colormap):
        return "-most", "+most of each channel"
    return "smallest", "largest of each channel"
