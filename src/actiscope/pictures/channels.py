"""The channels of a layer as one picture."""

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from actiscope.errors import ArgumentError, ChannelError
from actiscope.geometry import Geometry
from actiscope.images import to_rgb, to_uint8
from actiscope.images.pixels import Pixels
from actiscope.pictures.colorbar import colorbar
from actiscope.pictures.colormaps import GRAY, colorize
from actiscope.pictures.lettering import INK, PAPER, format_value, stack, strip, text_width
from actiscope.pictures.limits import Scale, scale_channels
from actiscope.pictures.overlay import overlay, overlay_colormap
from actiscope.pictures.picture import Picture
from actiscope.pictures.resizing import resize
from actiscope.pictures.scaling import Floats, as_finite
from actiscope.pictures.tiling import Grid, tile

SMALLEST_TILE = 64
_FEW = 12
LARGEST_TILE = 512
_LARGEST_OF_MANY = 192
_GAP = 3
_CAPTION = 16


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

    Returns
    -------
    Picture
        uint8; (H, W) for plain grey tiles, else (H, W, 3).

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
    if colormap is None:
        colormap = GRAY if image is None else overlay_colormap(layer)
    chosen = check_channels(range(len(layer)) if channels is None else channels, len(layer))
    scaled, limits = scale_channels(layer, chosen, scale, colormap)
    tiles: Pixels | list[Pixels]
    if image is not None:
        below = np.asarray(image)
        size = tile_size or _overlay_size((below.shape[0], below.shape[1]), len(chosen))
        tiles = _overlays(layer[chosen], limits, below, size, geometry, colormap)
    else:
        size = tile_size or default_tile_size(layer.shape[1:], len(chosen))
        tiles = _colour(_enlarge(scaled, size), colormap)
    if labels:
        tiles = _caption(tiles, chosen, None if limits else layer[chosen])
    gap = _GAP if labels else 0
    picture = tile(tiles, grid, border=gap, background=PAPER if labels else 0)
    if legend is None:
        return picture
    rgb = picture if picture.ndim == 3 else colorize(picture, GRAY)
    return Picture(stack([np.asarray(rgb), colorbar(rgb.shape[1], limits, colormap, legend)]))


def check_channels(channels: Sequence[int], count: int) -> list[int]:
    """Return channel numbers as a list.

    Parameters
    ----------
    channels : sequence of int
        Numbers from 0.
    count : int
        How many channels there are.

    Returns
    -------
    list of int
        The same.

    Raises
    ------
    ChannelError
        If one is not in 0 to `count` - 1.
    ArgumentError
        If there are none, or one is no whole number.
    """
    try:
        chosen = [operator.index(channel) for channel in channels]
    except TypeError:
        raise ArgumentError(f"channels are whole numbers, not {channels!r}") from None
    if not chosen:
        raise ArgumentError("no channel was chosen")
    for channel in chosen:
        if not 0 <= channel < count:
            raise ChannelError.out_of_range(channel, count)
    return chosen


def default_tile_size(
    size: tuple[int, ...], shown: int, image_size: tuple[int, ...] | None = None
) -> tuple[int, int]:
    """Return the size of a tile that is good to look at.

    Parameters
    ----------
    size : (int, int)
        Height and width of what is drawn.
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
    height, width = image_size if image_size is not None and shown <= _FEW else size
    longest = max(height, width)
    factor = min(max(longest, SMALLEST_TILE), LARGEST_TILE) / longest
    return max(1, round(height * factor)), max(1, round(width * factor))


def _overlay_size(image_size: tuple[int, int], shown: int) -> tuple[int, int]:
    longest = _LARGEST_OF_MANY if shown > _FEW else LARGEST_TILE
    factor = min(1.0, longest / max(image_size))
    return max(1, round(image_size[0] * factor)), max(1, round(image_size[1] * factor))


def _enlarge(scaled: Floats, size: tuple[int, int]) -> npt.NDArray[Any]:
    return scaled if scaled.shape[1:] == size else resize(scaled, size)


def _colour(tiles: npt.NDArray[Any], colormap: str) -> Pixels:
    return to_uint8(tiles) if colormap == GRAY else colorize(tiles, colormap)


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
    for index, (picture, channel) in enumerate(zip(tiles, channels, strict=True)):
        rgb = picture if picture.ndim == 3 else colorize(picture, GRAY)
        width = rgb.shape[1]
        texts = [(0.0, str(channel), "l", INK)]
        if values is not None:
            low, high = float(values[index].min()), float(values[index].max())
            span = f"{format_value(low)} … {format_value(high)}"
            if text_width(str(channel)) + text_width(span) + 8 <= width:
                texts.append((float(width), span, "r", INK))
        captioned.append(np.concatenate([strip(width, _CAPTION, texts), rgb]))
    return captioned
