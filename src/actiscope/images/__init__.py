"""Any picture becomes uint8 RGB (H, W, 3); pictures become files."""

from actiscope.images.pixels import to_rgb, to_uint8
from actiscope.images.reading import ImageSource, read_image
from actiscope.images.writing import encode_png, write_png

__all__ = ["ImageSource", "encode_png", "read_image", "to_rgb", "to_uint8", "write_png"]
