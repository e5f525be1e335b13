"""Two pictures through the same channels, on one scale, with the difference."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from actiscope.checks import check_channels
from actiscope.errors import ArgumentError
from actiscope.geometry import Box, Geometry
from actiscope.images import to_rgb
from actiscope.images.pixels import Pixels
from actiscope.pictures.colorbar import colorbar
from actiscope.pictures.colormaps import GRAY, SIGNED, colorize
from actiscope.pictures.lettering import INK, PAPER, paper, stack, strip, text_width
from actiscope.pictures.picture import Picture
from actiscope.pictures.resizing import MAPS, place, resize
from actiscope.pictures.scaling import as_finite, rescale
from actiscope.pictures.tiling import tile

_SIDE = 200
_MARK = (255, 176, 0)
_LINE = 20
_GAP = 6
_MARGIN = 10


def comparison_picture(
    images: tuple[npt.ArrayLike, npt.ArrayLike],
    values: tuple[npt.ArrayLike, npt.ArrayLike],
    channels: Sequence[int],
    *,
    geometry: Geometry | None = None,
    regions: Mapping[str, Box] | None = None,
    titles: tuple[str, str] = ("before", "after"),
) -> Picture:
    """Draw what changed between two pictures, channel by channel.

    Unlike two pictures scaled apart, all maps share one scale, so that brightness can be compared;
    the third row is the difference: of the pictures, darker where they differ, and of the maps,
    centred on zero.

    Parameters
    ----------
    images : two arrays (H, W, 3)
        The pictures, of one size.
    values : two arrays (C, h, w)
        The same layer of both.
    channels : sequence of int
        Which channels, from 0.
    geometry : Geometry, optional
        Where the units look on the pictures; stretched without it.
    regions : mapping of str to Box, optional
        Regions to mark, by name, in pixels of the pictures.
    titles : (str, str)
        Names of the two pictures.

    Returns
    -------
    Picture
        uint8 RGB; small pictures are enlarged.

    Raises
    ------
    ArgumentError
        If the pictures or the layers differ in size.
    ChannelError
        If there is no such channel.
    ImageError
        If the pictures are none.
    """
    before, after = (to_rgb(np.asarray(image)) for image in images)
    layers = [as_finite(layer) for layer in values]
    for what, shapes in (
        ("pictures", (before.shape, after.shape)),
        ("layers", (layers[0].shape, layers[1].shape)),
    ):
        if shapes[0] != shapes[1]:
            raise ArgumentError(f"both {what} must have one size, these are {shapes}")
    if layers[0].ndim != 3:
        raise ArgumentError(f"a layer is (C, H, W), this has shape {layers[0].shape}")
    chosen = check_channels(channels, len(layers[0]))
    factor = max(1, round(_SIDE / max(before.shape[:2])))
    size = (factor * before.shape[0], factor * before.shape[1])
    if factor > 1:
        before, after = (resize(image, size) for image in (before, after))
        geometry = geometry and geometry.scaled(factor, factor)
        regions = {
            name: Box(*(factor * edge for edge in box)) for name, box in (regions or {}).items()
        }
    first, second = (np.asarray(layer[chosen], dtype=np.float64) for layer in layers)
    shared = (min(0.0, first.min(), second.min()), max(first.max(), second.max()))
    change = second - first
    most = float(np.abs(change).max()) or 1.0

    def draw(layer: npt.NDArray[Any], limits: tuple[float, float], colormap: str) -> list[Pixels]:
        return [_mark(_draw_map(one, limits, colormap, size, geometry), regions) for one in layer]

    marked = [_mark(image, regions) for image in (before, after)]
    cells = [
        *(marked[0], *draw(first, shared, GRAY)),
        *(marked[1], *draw(second, shared, GRAY)),
        *(_mark(_where_changed(before, after), regions), *draw(change, (-most, most), SIGNED)),
    ]
    columns = ["picture", *(f"channel {channel}" for channel in chosen)]
    rows = [*titles, "difference"]
    body = _table(cells, columns, rows, size)
    bars = [
        colorbar(body.shape[1] // 2, shared, GRAY, "activation, one scale for both rows"),
        colorbar(body.shape[1] // 2, (-most, most), SIGNED, f"{titles[1]} minus {titles[0]}"),
    ]
    whole = stack([body, np.concatenate(bars, axis=1)], gap=_GAP)
    return tile([whole], (1, 1), border=_MARGIN, background=PAPER)


def _draw_map(
    values: npt.NDArray[Any],
    limits: tuple[float, float],
    colormap: str,
    size: tuple[int, int],
    geometry: Geometry | None,
) -> Pixels:
    scaled = rescale(values, limits)
    placed = resize(scaled, size, axes=MAPS) if geometry is None else place(scaled, size, geometry)
    silent = rescale([0.0], limits)[0]
    return colorize(np.nan_to_num(placed, nan=silent), colormap)


def _where_changed(before: Pixels, after: Pixels) -> Pixels:
    """Draw the pixels that differ, the darker the more."""
    most = np.abs(after.astype(np.int16) - before).max(axis=2)
    return colorize(1 - most / 255, GRAY)


def _mark(picture: Pixels, regions: Mapping[str, Box] | None) -> Pixels:
    image = Image.fromarray(np.ascontiguousarray(picture))
    draw = ImageDraw.Draw(image)
    for box in (regions or {}).values():
        right, bottom = max(box.left, box.right - 1), max(box.top, box.bottom - 1)
        draw.rectangle((box.left, box.top, right, bottom), outline=_MARK)
    return np.asarray(image)


def _table(
    cells: list[Pixels], columns: list[str], rows: list[str], size: tuple[int, int]
) -> Pixels:
    """Lay cells out under column titles, each row under its own title."""
    width = max(size[1], *(text_width(title) for title in columns + rows)) + _GAP
    parts: list[Pixels] = []
    count = len(columns)
    for index, title in enumerate(rows):
        row = cells[index * count : (index + 1) * count]
        titles = [
            (float(position * width), name, "l", INK)
            for position, name in enumerate([title, *columns[1:]])
        ]
        parts.append(strip(width * count, _LINE, titles))
        parts.append(np.concatenate([_pad(cell, width) for cell in row], axis=1))
    return stack(parts)


def _pad(picture: Pixels, width: int) -> Pixels:
    return np.concatenate(
        [picture, paper(picture.shape[0], width - picture.shape[1])],
        axis=1,
    )
