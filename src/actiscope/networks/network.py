"""What can be asked of a network, whatever runs it."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from actiscope.activations import Activations, Later, Values, now
from actiscope.checks import Size
from actiscope.errors import ActiscopeError, ArgumentError, NetworkError
from actiscope.images import ImageSource
from actiscope.images.pixels import Pixels
from actiscope.layers import Layer, format_size
from actiscope.networks.feeding import Images, is_several, near_multiples, place
from actiscope.networks.kind import Kind
from actiscope.networks.predictions import Prediction, rank
from actiscope.wording import counted

if TYPE_CHECKING:
    from actiscope.networks.analysis import Analysis
    from actiscope.networks.parts import Parts

LayerKey = str | int | Layer
LayerKeys = list[Any] | tuple[LayerKey, ...]

MEMORY_OF_A_PART = 256 * 2**20
"""Bytes that a part of a picture may take, if nothing else is said."""


class Network(Kind):
    """Named layers in a graph, that can be run on pictures.

    How it is run, `Kind` says; it takes the same parameters.
    """

    def fingerprint(self) -> str:
        """Return a hash that changes when the values of its layers may.

        Returns
        -------
        str
            64 hexadecimal digits: SHA-256 of the graph, the weights and the numbers that prepare a
            picture. The same in every process, and on every device.
        """
        described = self.preparation.describe()
        prepared = [(key, described[key]) for key in sorted({*described} - {"source", "guessed"})]
        digest = hashlib.sha256(repr(prepared).encode())
        for part in self._contents():
            digest.update(len(part).to_bytes(8, "little"))
            digest.update(part)
        return digest.hexdigest()

    @property
    def edges(self) -> list[tuple[str, str]]:
        """Connections between layers, by name, from and to."""
        return [(name, layer.name) for layer in self.layers for name in layer.inputs]

    @overload
    def activations(
        self, image: Images, layer: LayerKey, *, size: Size | None = None, threads: int = 0
    ) -> Activations: ...
    @overload
    def activations(
        self, image: Images, layer: LayerKeys, *, size: Size | None = None, threads: int = 0
    ) -> dict[str, Activations]: ...
    def activations(
        self,
        image: Images,
        layer: LayerKey | LayerKeys,
        *,
        size: Size | None = None,
        threads: int = 0,
    ) -> Activations | dict[str, Activations]:
        """Return what layers answer to a picture, as MATLAB's ``activations`` does.

        Parameters
        ----------
        image : picture or list of pictures
            Whatever `actiscope.read_image` reads. Several are run one after the other.
        layer : str, int or Layer, or a list of them
            Name, or index from 0. Several are computed in one pass.
        size : int or (int, int), optional
            Height and width to resize to first. By default a picture is brought to the size that
            `preparation` says; SqueezeNet takes it at its own, and a larger one gives larger maps.
            What the network was trained on is `input_size`.
        threads : int
            How many threads the engine takes where it lets one choose; 0 for what it likes best.

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
        placed = place(image, self.preparation, size)
        runs = [self._run_or_hint(picture, wanted, threads) for picture in placed.pictures]
        names = [each.name for each in wanted]
        described = self._layers_for(placed.placements[0].input_size, names)
        found = {
            each.name: Activations(
                partial(_stack, values) if placed.several else values[0],
                described.find(each.name),
                self.name,
                placed.placements,
                placed.several,
            )
            for each, values in zip(wanted, zip(*runs, strict=True), strict=True)
        }
        return found if isinstance(layer, list | tuple) else found[wanted[0].name]

    def in_parts(
        self, image: ImageSource, layer: LayerKey, *, memory: int = MEMORY_OF_A_PART
    ) -> "Parts":
        """Return what a layer answers to a picture that may be larger than memory, part by part.

        Parameters
        ----------
        image : picture
            Whatever `actiscope.read_image` reads; it is taken at its own size. TIFF files in tiles
            or strips, and arrays that are memory maps, are read in parts, too; anything else is
            decoded as a whole.
        layer : str, int or Layer
            Name, or index from 0. All that comes before it has to be local: convolutions and
            pooling, enlargements, activation functions, sums and concatenations.
        memory : int
            Bytes that a part may take, pixels and activations, by arithmetic; the engine and its
            weights come on top, and PyTorch takes up to twice as much.

        Returns
        -------
        Parts
            Its values are those of ``activations(image, layer, size=image.shape[:2])``.

        Raises
        ------
        LayerNotFoundError
            If there is no such layer.
        NetworkError
            If a unit of it, or of a layer before it, sees the whole picture.
        ArgumentError
            If `memory` does not suffice for any part.
        ImageError
            If the picture cannot be read.
        ImageSizeError
            If it is too small for the layer, or too large to be decoded as a whole.

        Examples
        --------
        >>> from actiscope import open_network
        >>> image = np.zeros((700, 500, 3), dtype=np.uint8)
        >>> parts = open_network().in_parts(image, "fire6-squeeze1x1", memory=24 * 2**20)
        >>> parts.shape, len(parts)
        ((48, 43, 31), 3)
        """
        from actiscope.images.bands import open_bands
        from actiscope.networks.parts import Parts
        from actiscope.networks.parts.planning import plan

        wanted = self.layers.find(layer)
        bands = open_bands(image)

        def run(pixels: Pixels) -> Values:
            return now(self.run(self.preparation.fed(pixels), [wanted])[0])

        planned = plan(
            lambda size: self._layers_for(size, [wanted.name]),
            lambda size: run(np.zeros((*size, 3), dtype=np.uint8)).shape,
            wanted.name,
            usual=self.input_size,
            size=bands.size,
            memory=memory,
        )
        return Parts(bands, planned, run, self.describe())

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
            The most probable first. Scores that are no probabilities go through a softmax; classes
            without a name are "class 0", "class 1", ...

        Raises
        ------
        NetworkError
            If not exactly one output of the network is a vector.
        ArgumentError
            If `top` is below 1, or there are several pictures.
        """
        if top < 1:
            raise ArgumentError(f"top is at least 1, not {top}")
        if is_several(image):
            raise ArgumentError("classify takes one picture: call it for each")
        answers = self.activations(image, self.outputs or (len(self.layers) - 1,), size=size)
        vectors = [
            answer
            for answer in answers.values()
            if answer.layer.axes in ("F", "CHW") and answer.maps.shape[1:] == (1, 1)
        ]
        if len(vectors) != 1:
            found = ", ".join(f"{name} {answer.shape}" for name, answer in answers.items())
            raise NetworkError(f"{self.name} is no classifier: it gives {found:.200}")
        return rank(vectors[0].values.ravel().astype(np.float64), self.classes, top)

    def analyze(self, *, size: Size | None = None, image: ImageSource | None = None) -> "Analysis":
        """Analyse the network, as MATLAB's ``analyzeNetwork`` does, and look for what is wrong.

        Parameters
        ----------
        size : int or (int, int), optional
            Input size, by default its own.
        image : picture, optional
            Look for channels that are dead or saturated with this picture, and for values that are
            no numbers.

        Returns
        -------
        Analysis
            The table, the totals and the issues.

        Raises
        ------
        ImageSizeError
            If the input is too small for a layer.
        """
        from actiscope.networks.analysis import analyze

        return analyze(self, size=size, image=image)

    def describe(self) -> dict[str, Any]:
        """Return its name, how pictures are prepared for it and where it runs, as plain data."""
        return {
            "network": self.name,
            "preparation": self.preparation.describe(),
            "device": self.device,
        }

    def _run_or_hint(
        self, picture: Pixels, wanted: list[Layer], threads: int
    ) -> Sequence[Values | Later]:
        try:
            return self.run(self.preparation.fed(picture), wanted, threads=threads)
        except NetworkError as error:
            size = self._size_that_runs((picture.shape[0], picture.shape[1]), wanted)
            if size is None:
                raise
            raise NetworkError(f"{error}; try a size of {size[0]}x{size[1]}") from error

    def _size_that_runs(
        self, given: tuple[int, int], wanted: list[Layer]
    ) -> tuple[int, int] | None:
        for size in (near_multiples(given), self.input_size):
            with suppress(ActiscopeError):
                self.run(self.preparation.fed(np.zeros((*size, 3), dtype=np.uint8)), wanted)
                return size
        return None

    def __deepcopy__(self, _memo: object) -> "Network":
        """Return the network itself: running does not change it."""
        return self

    def __repr__(self) -> str:
        height, width = self.input_size
        return (
            f"<{type(self).__name__} {self.name!r}: {counted(len(self.layers), 'layer')}, "
            f"{counted(len(self.edges), 'connection')}, "
            f"{counted(self.layers.learnables, 'learnable')}, "
            f"input {height}x{width}, on {self.device}>"
        )

    def _repr_html_(self) -> str:
        size = format_size(self.layers[0].size)
        return (
            f"<p><b>{self.name}</b>: {counted(len(self.layers), 'layer')}, "
            f"{counted(len(self.edges), 'connection')}, "
            f"{counted(self.layers.learnables, 'learnable')}, input {size}, on {self.device}</p>"
            f"<details><summary>Layers</summary>{self.layers._repr_html_()}</details>"
        )


def _stack(values: Sequence[Values | Later]) -> Values:
    return np.stack([now(each) for each in values])
