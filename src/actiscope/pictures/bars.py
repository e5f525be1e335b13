"""The values of a vector as bars."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from actiscope.checks import check_channels
from actiscope.errors import ArgumentError
from actiscope.pictures.lettering import FAINT, INK, PAPER, draw_text, format_value, text_width
from actiscope.pictures.picture import Picture
from actiscope.pictures.scaling import as_finite

_WIDTH, _HEIGHT = 960, 240
_MARGIN = 22
_BAR = (47, 102, 144)
_NAMED = 5
_WIDEST = 48


def bar_chart(
    values: npt.ArrayLike, channels: Sequence[int] | None = None, *, legend: str = ""
) -> Picture:
    """Draw a vector: a bar for each value, from zero, the largest with their numbers.

    Parameters
    ----------
    values : array_like, (C,)
        The values.
    channels : sequence of int, optional
        Which of them, from 0; all by default.
    legend : str
        What they are.

    Returns
    -------
    Picture
        uint8 RGB.

    Raises
    ------
    ArgumentError
        If `values` are no vector of finite numbers.
    ChannelError
        If there is no such channel.
    """
    vector = as_finite(values)
    if vector.ndim != 1:
        raise ArgumentError(f"a vector is (C,), this has shape {vector.shape}")
    chosen = check_channels(range(len(vector)) if channels is None else channels, len(vector))
    shown = vector[chosen].astype(np.float64)
    low, high = min(0.0, float(shown.min())), max(0.0, float(shown.max()))
    high = high if high > low else 1.0
    left = max(text_width(format_value(low)), text_width(format_value(high))) + 16
    step = min(_WIDEST, max(1, (_WIDTH - left) // len(shown)))
    size = (left + max(step * len(shown), 160) + _MARGIN, _HEIGHT + 3 * _MARGIN)
    image = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(image)

    def y_of(value: float) -> float:
        return _MARGIN + _HEIGHT * (high - value) / (high - low)

    for index, value in enumerate(shown):
        x = left + index * step
        top, bottom = sorted((y_of(float(value)), y_of(0.0)))
        draw.rectangle((x, top, x + max(step - 2, 0), bottom), fill=_BAR)
    draw.line((left, y_of(0.0), size[0] - _MARGIN, y_of(0.0)), fill=INK)
    for value in {low, 0.0, high}:
        draw_text(draw, (left - 8, y_of(value)), format_value(value), "rm", INK)
    _name_largest(draw, shown, chosen, left, step, y_of(high) - 10)
    below = _MARGIN + _HEIGHT + 14
    draw_text(draw, (left, below), str(chosen[0]), "lm", FAINT)
    draw_text(draw, (left + step * len(shown), below), str(chosen[-1]), "rm", FAINT)
    draw_text(draw, (left, below + 20), legend, "lm", FAINT)
    return Picture(np.asarray(image))


def _name_largest(
    draw: ImageDraw.ImageDraw,
    shown: npt.NDArray[np.float64],
    chosen: list[int],
    left: int,
    step: int,
    y: float,
) -> None:
    """Write the numbers of the largest above them, where there is room."""
    taken: list[float] = []
    for index in np.argsort(-shown, kind="stable")[:_NAMED]:
        x = left + (int(index) + 0.5) * step
        text = str(chosen[int(index)])
        if all(abs(x - other) > text_width(text) + 6 for other in taken):
            taken.append(x)
            draw_text(draw, (x, y), text, "mm", INK)
