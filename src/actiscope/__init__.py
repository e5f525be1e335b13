"""actiscope: see what a convolutional network sees.

Open a network, give it a picture, look at the activations of any layer and channel::

    import actiscope

    net = actiscope.open_network("squeezenet")
    image = actiscope.read_image("face.jpg")
    act = net.activations(image, "fire6-squeeze1x1")
    actiscope.tile(actiscope.resize(actiscope.rescale(act), (64, 64)), (6, 8)).save("fire6.png")
"""

from actiscope.activations import Activations
from actiscope.errors import (
    ActiscopeError,
    AnnotationError,
    ArgumentError,
    ChannelError,
    ImageError,
    ImageSizeError,
    LayerNotFoundError,
    MissingExtraError,
    NetworkError,
    OutputError,
)
from actiscope.geometry import Box, Geometry
from actiscope.images import read_image, write_png
from actiscope.layers import Layer, Layers
from actiscope.networks import Analysis, Network, Prediction, open_network, squeezenet
from actiscope.pictures import (
    Picture,
    channel_grid,
    colorize,
    comparison_picture,
    overlay,
    palette,
    rescale,
    resize,
    tile,
)
from actiscope.studies import changes, strongest

__version__ = "0.1.0"

__all__ = [
    "ActiscopeError",
    "Activations",
    "Analysis",
    "AnnotationError",
    "ArgumentError",
    "Box",
    "ChannelError",
    "Geometry",
    "ImageError",
    "ImageSizeError",
    "Layer",
    "LayerNotFoundError",
    "Layers",
    "MissingExtraError",
    "Network",
    "NetworkError",
    "OutputError",
    "Picture",
    "Prediction",
    "changes",
    "channel_grid",
    "colorize",
    "comparison_picture",
    "open_network",
    "overlay",
    "palette",
    "read_image",
    "rescale",
    "resize",
    "squeezenet",
    "strongest",
    "tile",
    "write_png",
]
