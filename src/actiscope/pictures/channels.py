"""The channels of a layer as one picture."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from actiscope.checks import check_channels, check_size
from actiscope.errors import ArgumentError
from actiscope.geometry import Geometry
from actiscope.images import to_rgb, to_uint8
from actiscope.images.pixels import Pixels
from actiscope.pictures.colorbar import colorbar
from actiscope.pictures.colormaps import GRAY, colorize, palette, standard_name
from actiscope.pictures.lettering import INK, PAPER, format_value, paper, stack, strip, text_width
from actiscope.pictures.limits import Scale, joint_limits, scale_channels
from actiscope.pictures.overlay import overlay, overlay_colormap
from actiscope.pictures.picture import Picture
from actiscope.pictures.resizing import MAPS, resize
from actiscope.pictures.scaling import as_finite
from actiscope.pictures.tiling import Grid, default_columns, tile

SMALLEST_TILE = 64
_FEW = 12
LARGEST_TILE = 512
_LARGEST_OF_MANY = 192
_GAP = 3
_CAPTION = 16
_AT_A_TIME = 1 << 16
"""Values that are scaled at a time: they stay in the cache."""


def channel_grid(
    values: npt.ArrayLike,
    channels: Sequence[int] | None = None,
    *,
    grid: Grid | None = None,
    scale: Scale = "layer",
    colormap: str | None = None,
    labels: bool = False,
    legend: str | None = None,
    image: npt.ArrayLike | None = None,
    geometry: Geometry | None = None,
    tile_size: tuple[int, int] | None = None,
    indexed: bool = False,
) -> Picture:
    """Draw channels of a layer side by side.

    Parameters
    ----------
    values : array_like, (C, H, W)
        The layer.
    channels : sequence of int, optional
        Which channels, from 0; all by default.
    grid : (int, int), optional
        Rows and columns, as in `tile`.
    scale : "layer", "shown", "channel" or (float, float)
        What is scaled jointly: the whole layer, the channels shown, each channel alone; or the
        values that become black and white.
    colormap : str, optional
        As in `palette`; a signed one is centred on zero. By default gray; over a
        picture as in `overlay`.
    labels : bool
        Whether each tile carries its channel number.
    legend : str, optional
        Draw a colour bar with the true values, under this text (which may be empty).
    image : array_like, (H, W, 3), optional
        A picture to lay each channel over.
    geometry : Geometry, optional
        Where the units look on `image`; stretched without it.
    tile_size : (int, int), optional
        Height and width of a tile; as `default_tile_size` says by default.
    indexed : bool
        Return positions in the colour map, 0-255, rather than colours: with its palette,
        `write_png` makes a file of them that is smaller and sooner written. Plain tiles only.

    Returns
    -------
    Picture
        uint8; (H, W) for plain tiles that are grey or indexed, else (H, W, 3).

    Raises
    ------
    ChannelError
        If there is no such channel.
    ArgumentError
        If `values` are no layer, or another argument is wrong.
    """
    layer = as_finite(values)
    if layer.ndim != 3:
        raise ArgumentError(f"a layer is (C, H, W), this has shape {layer.shape}")
    if indexed and (labels or legend is not None or image is not None):
        raise ArgumentError("only plain tiles can be indexed: no labels, no legend, no picture")
    if colormap is None:
        colormap = GRAY if image is None else overlay_colormap(layer)
    chosen = check_channels(range(len(layer)) if channels is None else channels, len(layer))
    shown = layer if channels is None else layer[chosen]
    limits = joint_limits(layer, shown, scale, colormap)
    tiles: Pixels | list[Pixels]
    if image is not None:
        below = np.asarray(image)
        largest = LARGEST_TILE if len(chosen) <= _FEW else _LARGEST_OF_MANY
        size = tile_size or _bound(below.shape[:2], 1, largest)
        tiles = _overlays(shown, limits, below, size, geometry, colormap)
    else:
        size = tile_size or default_tile_size(layer.shape[1:], len(chosen))
        tiles = _positions(shown, limits, colormap, check_size(size, "tile size"))
        if not indexed and standard_name(colormap) != GRAY:
            tiles = palette(colormap)[tiles]
    if grid is None:
        grid = (None, default_columns(len(tiles), *tiles[0].shape[:2]))
    if labels:
        tiles = _caption(tiles, chosen, None if limits else shown)
    gap = _GAP if labels else 0
    picture = tile(tiles, grid, border=gap, background=PAPER if labels else 0)
    if legend is None:
        return picture
    rgb = picture if picture.ndim == 3 else colorize(picture, GRAY)
    return Picture(stack([np.asarray(rgb), colorbar(rgb.shape[1], limits, colormap, legend)]))


def default_tile_size(
    size: tuple[int, ...], shown: int, image_size: tuple[int, ...] | None = None
) -> tuple[int, int]:
    """Return the size of a tile that is good to look at.

    Parameters
    ----------
    size : (int, int)
        Height and width of a map.
    shown : int
        How many channels are drawn.
    image_size : (int, int), optional
        Height and width of the picture that they were computed from.

    Returns
    -------
    (int, int)
        The size of the picture, for a dozen channels or fewer; else that of the map, enlarged to at
        least 64 pixels. At most 512 pixels in either case.
    """
    if image_size is not None and shown <= _FEW:
        return _bound(image_size, SMALLEST_TILE, LARGEST_TILE)
    return _bound(size, SMALLEST_TILE, LARGEST_TILE)


def _bound(size: tuple[int, ...], smallest: int, largest: int) -> tuple[int, int]:
    """Scale a size so that its longer side lies between two lengths."""
    longest = max(size)
    factor = min(max(longest, smallest), largest) / longest
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def _positions(
    channels: npt.NDArray[Any],
    limits: tuple[float, float] | None,
    colormap: str,
    size: tuple[int, int],
) -> Pixels:
    """Scale and resize channels, a few at a time, to positions in the colour map, 0-255."""
    tiles = np.empty((len(channels), *size), dtype=np.uint8)
    few = max(1, _AT_A_TIME // max(channels[0].size, size[0] * size[1]))
    for start in range(0, len(channels), few):
        part = slice(start, start + few)
        scaled = scale_channels(channels[part], limits, colormap)
        if scaled.shape[1:] != size:
            scaled = resize(scaled, size, axes=MAPS)
        tiles[part] = to_uint8(scaled)
    return tiles


def _overlays(
    channels: npt.NDArray[Any],
    limits: tuple[float, float] | None,
    image: npt.NDArray[Any],
    size: tuple[int, int],
    geometry: Geometry | None,
    colormap: str,
) -> list[Pixels]:
    below = resize(to_rgb(image), size)
    if geometry is not None:
        geometry = geometry.scaled(size[0] / image.shape[0], size[1] / image.shape[1])
    return [
        np.asarray(overlay(below, one, geometry=geometry, limits=limits, colormap=colormap))
        for one in channels
    ]


def _caption(
    tiles: Pixels | list[Pixels], channels: list[int], values: npt.NDArray[Any] | None
) -> list[Pixels]:
    """Put the channel number, and the range if each has its own, above each tile."""
    captioned = []
    widest = max(text_width(str(channel)) for channel in channels)
    for index, (picture, channel) in enumerate(zip(tiles, channels, strict=True)):
        rgb = picture if picture.ndim == 3 else colorize(picture, GRAY)
        width = max(rgb.shape[1], widest)
        if width > rgb.shape[1]:
            rgb = stack([rgb, paper(0, width)])
        texts = [(0.0, str(channel), "l", INK)]
        if values is not None:
            low, high = float(values[index].min()), float(values[index].max())
            span = f"{format_value(low)} … {format_value(high)}"
            if text_width(str(channel)) + text_width(span) + 8 <= width:
                texts.append((float(width), span, "r", INK))
        captioned.append(np.concatenate([strip(width, _CAPTION, texts), rgb]))
    return captioned
