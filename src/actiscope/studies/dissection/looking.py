"""Look at pictures of a survey again, with the channels that answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from actiscope.activations import Values
from actiscope.geometry import Box, Geometry
from actiscope.images import read_image
from actiscope.images.pixels import Pixels
from actiscope.networks import Network
from actiscope.studies.dissection.result import Survey
from actiscope.studies.dissection.scoring import Run


@dataclass(frozen=True)
class Look:
    """One channel on one picture.

    Parameters
    ----------
    number : int
        Which picture of the survey.
    image : ndarray of uint8, (H, W, 3)
        The picture as it was given.
    values : ndarray of float32, (h, w)
        The channel.
    geometry : Geometry
        Where its units look on the picture.
    centre : (float, float) or None
        Centre (row, col) of what the strongest unit sees, in pixels; None if units lie nowhere, or
        none is stronger than the others.
    field : Box
        What the strongest unit sees, in pixels.
    """

    number: int
    image: Pixels
    values: Values
    geometry: Geometry
    centre: tuple[float, float] | None
    field: Box


def look(
    network: Network, found: Survey, wanted: Mapping[int, Sequence[int]]
) -> dict[int, list[Look]]:
    """Run some pictures of a survey again, and keep the maps of some channels.

    Parameters
    ----------
    network : Network
        That of the survey.
    found : Survey
        What was found.
    wanted : mapping of int to sequence of int
        For each channel the numbers of the pictures to look at.

    Returns
    -------
    dict of int to list of Look
        For each channel, in the order asked for.

    Raises
    ------
    ActiscopeError
        If a picture can no longer be read.
    """
    numbers = sorted({number for each in wanted.values() for number in each})
    run = Run(network, found.layer, found.resized)
    looks: dict[tuple[int, int], Look] = {}
    examples = [found.examples[number] for number in numbers]
    for position, activations in run.over(examples, lambda: None):
        number = numbers[position]
        image = read_image(examples[position].path)
        for channel, asked in wanted.items():
            if number in asked:
                geometry = activations.geometry
                looks[channel, number] = _look(
                    number, image, activations.channel(channel), geometry
                )
    return {
        channel: [looks[channel, number] for number in asked] for channel, asked in wanted.items()
    }


def _look(number: int, image: Pixels, values: Values, geometry: Geometry) -> Look:
    row, col = (int(index) for index in np.unravel_index(values.argmax(), values.shape))
    none_stands_out = geometry.is_global or values.max() == values.min()
    return Look(
        number=number,
        image=image,
        values=values.copy(),
        geometry=geometry,
        centre=None if none_stands_out else geometry.centre(row, col),
        field=geometry.field(row, col, (image.shape[0], image.shape[1])),
    )
