"""What a network is, whatever runs it."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from actiscope.activations import Activations, Values
from actiscope.checks import Size
from actiscope.errors import ArgumentError, NetworkError
from actiscope.images import ImageSource, read_image
from actiscope.layers import Layer, Layers, format_size
from actiscope.networks.preparation import Preparation, fit_size

Images = ImageSource | Sequence[ImageSource]
LayerKey = str | int | Layer
LayerKeys = list[Any] | tuple[LayerKey, ...]


@dataclass(frozen=True)
class Prediction:
    """One class that a network sees in a picture.

    Parameters
    ----------
    index : int
        The class, from 0.
    name : str
        What it is called.
    probability : float
        0-1.
    """

    index: int
    name: str
    probability: float


class Network(ABC):
    """Named layers in a graph, that can be run on pictures.

    A kind of network supplies `run` and `layers_at`; all else is here.

    Parameters
    ----------
    name : str
        What it is called.
    layers : Layers
        Its layers at `input_size`.
    input_size : (int, int)
        Height and width that it was trained on.
    preparation : Preparation
        What is done to pixels before the first layer.
    classes : tuple of str
        Names of what it tells apart; empty if it is no classifier.
    """

    def __init__(
        self,
        *,
        name: str,
        layers: Layers,
        input_size: tuple[int, int],
        preparation: Preparation,
        classes: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.layers = layers
        self.input_size = input_size
        self.preparation = preparation
        self.classes = classes

    @abstractmethod
    def run(self, batch: npt.NDArray[np.float32], layers: Sequence[Layer]) -> list[Values]:
        """Return the values of some layers, in one pass.

        Parameters
        ----------
        batch : ndarray of float32, (N, 3, H, W)
            Prepared pictures.
        layers : sequence of Layer
            Which layers, each once.

        Returns
        -------
        list of ndarray of float32, (N, C, H, W)
            The values, in the order of `layers`.

        Raises
        ------
        ImageSizeError
            If the pictures are too small for one of the layers.
        """

    @abstractmethod
    def layers_at(self, size: Size) -> Layers:
        """Return the layers with the sizes that they have for pictures of a size.

        Parameters
        ----------
        size : int or (int, int)
            Height and width of the input.

        Returns
        -------
        Layers
            The same layers, other sizes.

        Raises
        ------
        ImageSizeError
            If a layer would have no units.
        """

    @property
    def edges(self) -> list[tuple[str, str]]:
        """Connections between layers, by name, from and to."""
        return [(name, layer.name) for layer in self.layers for name in layer.inputs]

    @overload
    def activations(
        self, image: Images, layer: LayerKey, *, size: Size | None = None
    ) -> Activations: ...
    @overload
    def activations(
        self, image: Images, layer: LayerKeys, *, size: Size | None = None
    ) -> dict[str, Activations]: ...
    def activations(
        self,
        image: Images,
        layer: LayerKey | LayerKeys,
        *,
        size: Size | None = None,
    ) -> Activations | dict[str, Activations]:
        """Return what layers answer to a picture, as MATLAB's ``activations`` does.

        Parameters
        ----------
        image : picture or list of pictures
            Whatever `actiscope.read_image` reads. Several go through as one batch.
        layer : str, int or Layer, or a list of them
            Name, or index from 0. Several are computed in one pass.
        size : int or (int, int), optional
            Height and width to resize to first. By default a picture goes in at its own size, and
            a larger one gives larger maps; what the network was trained on is `input_size`.

        Returns
        -------
        Activations or dict of str to Activations
            One layer, or several by name.

        Raises
        ------
        LayerNotFoundError
            If there is no such layer.
        ArgumentError
            If there is no layer or no picture, or `size` is no size.
        ImageError
            If a picture cannot be read.
        ImageSizeError
            If a picture is too small for a layer, or several differ in size.
        """
        keys = list(layer) if isinstance(layer, list | tuple) else [layer]
        if not keys:
            raise ArgumentError("no layer was asked for")
        wanted = list({found.name: found for found in map(self.layers.find, keys)}.values())
        several = _is_several(image)
        pictures = [read_image(each) for each in image] if several else [read_image(image)]  # type: ignore[union-attr, arg-type]
        if not pictures:
            raise ArgumentError("no picture was given")
        fed = fit_size(pictures, size)
        values = self.run(self.preparation(fed), wanted)
        found = {
            each.name: Activations(
                _read_only(array if several else array[0]),
                each,
                self.name,
                (fed[0].shape[0], fed[0].shape[1]),
                tuple((picture.shape[0], picture.shape[1]) for picture in pictures),
            )
            for each, array in zip(wanted, values, strict=True)
        }
        return found if isinstance(layer, list | tuple) else found[wanted[0].name]

    def classify(
        self, image: ImageSource, *, top: int = 5, size: Size | None = None
    ) -> list[Prediction]:
        """Return the classes that a picture most probably shows.

        Parameters
        ----------
        image : picture
            Whatever `actiscope.read_image` reads.
        top : int
            How many.
        size : int or (int, int), optional
            As for `activations`; `input_size` is what the network was trained on.

        Returns
        -------
        list of Prediction
            The most probable first.

        Raises
        ------
        NetworkError
            If the network is no classifier.
        ArgumentError
            If `top` is below 1, or there are several pictures.
        """
        if top < 1:
            raise ArgumentError(f"top is at least 1, not {top}")
        if not self.classes:
            raise NetworkError(f"{self.name} has no classes: it is no classifier")
        if _is_several(image):
            raise ArgumentError("classify takes one picture: call it for each")
        values = self.activations(image, len(self.layers) - 1, size=size).values.ravel()
        best = np.argsort(-values, kind="stable")[:top]
        return [Prediction(int(i), self.classes[i], float(values[i])) for i in best]

    def __repr__(self) -> str:
        height, width = self.input_size
        return (
            f"<{type(self).__name__} {self.name!r}: {len(self.layers)} layers, "
            f"{len(self.edges)} connections, {self.layers.learnables:,} learnables, "
            f"input {height}x{width}>"
        )

    def _repr_html_(self) -> str:
        size = format_size(self.layers[0].size)
        return (
            f"<p><b>{self.name}</b>: {len(self.layers)} layers, {len(self.edges)} connections, "
            f"{self.layers.learnables:,} learnables, input {size}</p>"
            f"<details><summary>Layers</summary>{self.layers._repr_html_()}</details>"
        )


def _is_several(image: Images) -> bool:
    return isinstance(image, list | tuple) or (isinstance(image, np.ndarray) and image.ndim == 4)


def _read_only(values: Values) -> Values:
    values.setflags(write=False)
    return values
