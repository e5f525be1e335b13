"""Which colours a channel answers to."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from actiscope.activations import Activations
from actiscope.pictures import resize


@dataclass(frozen=True)
class ColourFit:
    """A channel as a weighted sum of red, green and blue, by least squares.

    Parameters
    ----------
    red, green, blue : float
        Change of the channel's value for one grey level more of a colour.
    explained : float
        Share of the channel's variance that the sum explains, 0-1.
    """

    red: float
    green: float
    blue: float
    explained: float


def fit_colours(
    activations: Activations, channel: int, image: npt.NDArray[np.uint8]
) -> ColourFit | None:
    """Fit a channel by the colours of the picture, at the size of its map.

    Parameters
    ----------
    activations : Activations
        A layer's answer to the picture.
    channel : int
        From 0.
    image : ndarray of uint8, (H, W, 3)
        The picture.

    Returns
    -------
    ColourFit or None
        None where the picture has too little colour to tell, or the channel is constant.

    Raises
    ------
    ChannelError
        If there is no such channel.
    """
    values = activations.channel(channel)
    colours = resize(np.moveaxis(image.astype(np.float64), 2, 0), (len(values), values.shape[1]))
    wanted = values.ravel().astype(np.float64)
    if np.ptp(wanted) == 0:
        return None
    columns = np.column_stack([*colours.reshape(3, -1), np.ones(wanted.size)])
    solution, _, rank, _ = np.linalg.lstsq(columns, wanted)
    if rank < columns.shape[1]:
        return None
    rest = wanted - columns @ solution
    red, green, blue = (float(weight) for weight in solution[:3])
    return ColourFit(red, green, blue, explained=1 - float(rest.var() / wanted.var()))
