"""One picture through the network, and into a batch."""

import io
from collections.abc import Callable

import numpy as np

from actiscope.activations import Activations
from actiscope.collection.settings import Batch, Settings
from actiscope.errors import NetworkError
from actiscope.networks import Network


class Reducer:
    """Runs a network on pictures, and keeps what an index wants of the values.

    Parameters
    ----------
    network : Network
        The network.
    settings : Settings
        What the index is built with.
    """

    def __init__(self, network: Network, settings: Settings) -> None:
        self._network = network
        self._settings = settings
        self._names = [layer.name for layer in settings.layers]

    def add(
        self, batch: Batch, image: int, data: bytes, claim: Callable[[int], bool] = lambda _: True
    ) -> bool:
        """Run a picture, and add what the layers answered to a batch.

        Parameters
        ----------
        batch : Batch
            What it is added to.
        image : int
            Id of the picture.
        data : bytes
            Its file.
        claim : callable
            Asked, once it has been run, whether it is to be added.

        Returns
        -------
        bool
            Whether it was.

        Raises
        ------
        ActiscopeError
            If it cannot be read or run; the batch is then as it was.
        """
        answers = self._network.activations(
            io.BytesIO(data), self._names, size=self._settings.size, threads=1
        )
        self._check(answers)
        if not claim(image):
            return False
        batch.placements[image] = next(iter(answers.values())).placements[0]
        batch.features[image] = [_pooled(answer) for answer in answers.values()]
        for accumulator, answer in zip(batch.accumulators, answers.values(), strict=True):
            accumulator.add(image, answer.maps)
        return True

    def _check(self, answers: dict[str, Activations]) -> None:
        for layer, answer in zip(self._settings.layers, answers.values(), strict=True):
            expected = (layer.channels, layer.rows, layer.cols)
            if answer.maps.shape != expected:
                raise NetworkError(
                    f"layer {layer.name!r} gives values of another size for this picture: "
                    f"{answer.maps.shape} instead of {expected}"
                )
            if not np.isfinite(answer.maps).all():
                raise NetworkError(f"layer {layer.name!r} gives values that are no finite numbers")


def _pooled(answer: Activations) -> bytes:
    means = answer.maps.mean(axis=(1, 2), dtype=np.float64)
    return bytes(means.astype("<f4").data)
