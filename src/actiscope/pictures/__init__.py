"""Values become something to look at. This room takes arrays: it knows no network."""

from actiscope.pictures.bars import bar_chart
from actiscope.pictures.channels import channel_grid, default_tile_size
from actiscope.pictures.colormaps import colorize, palette
from actiscope.pictures.comparison import comparison_picture
from actiscope.pictures.limits import Scale
from actiscope.pictures.overlay import overlay
from actiscope.pictures.picture import Picture
from actiscope.pictures.resizing import place, resize
from actiscope.pictures.scaling import rescale
from actiscope.pictures.tiling import Grid, tile

__all__ = [
    "Grid",
    "Picture",
    "Scale",
    "bar_chart",
    "channel_grid",
    "colorize",
    "comparison_picture",
    "default_tile_size",
    "overlay",
    "palette",
    "place",
    "rescale",
    "resize",
    "tile",
]
