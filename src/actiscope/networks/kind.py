"""What a kind of network supplies, whatever runs it."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from actiscope.activations import Later, Values
from actiscope.checks import Size
from actiscope.errors import NetworkError
from actiscope.layers import Layer, Layers
from actiscope.networks.issues import Issue
from actiscope.networks.origin import Origin
from actiscope.networks.patching import Batch
from actiscope.networks.preparation import Preparation

if TYPE_CHECKING:
    from actiscope.networks.network import Network
    from actiscope.networks.pytorch.network import TorchNetwork


class Kind(ABC):
    """How a network is run, its layers and its weights: what `Network` needs, and no more.

    Parameters
    ----------
    name : str
        What it is called.
    layers : Layers
        Its layers at `input_size`.
    input_size : (int, int)
        Height and width that it was trained on, or usual ones where it does not say.
    preparation : Preparation
        What is done to pixels before the first layer.
    classes : tuple of str
        Names of what it tells apart; empty if it is no classifier.

    Attributes
    ----------
    origin : Origin or None
        Where `open_network` found it; None if it was made otherwise.
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
        self.origin: Origin | None = None

    @property
    def is_concurrent(self) -> bool:
        """Whether several threads may run it at the same time, and do not wait for each other."""
        return True

    @contextmanager
    def at_work(self, size: tuple[int, int] | None = None) -> Iterator[None]:  # noqa: ARG002
        """Keep what runs need, between runs.

        A module that lies on the processor and runs on a GPU is else brought there and back home
        for each picture.

        Parameters
        ----------
        size : (int, int), optional
            Height and width of many pictures, as the network is fed: the memory that a run on one
            of them takes may be kept, too, for the next.
        """
        yield

    @abstractmethod
    def run(
        self, fed: npt.NDArray[np.float32], layers: Sequence[Layer], *, threads: int = 0
    ) -> Sequence[Values | Later]:
        """Return the values of some layers for one picture, in one pass.

        Parameters
        ----------
        fed : ndarray of float32, (C, H, W)
            The prepared picture.
        layers : sequence of Layer
            Which layers, each once.
        threads : int
            How many threads the engine takes where it lets one choose; 0 for what it likes best.

        Returns
        -------
        sequence of ndarray of float32, or of functions that return one
            The values, in the order of `layers`, with the axes that each layer names. What follows
            from other values may be left until it is looked at.

        Raises
        ------
        ImageSizeError
            If the picture has a size that the network cannot take.
        """

    @abstractmethod
    def run_patched(
        self, fed: npt.NDArray[np.float32], at: Layer, values: Batch, layer: Layer
    ) -> Batch:
        """Return what a layer would give if an earlier one had given something else.

        This is activation patching: what does not pass the earlier layer is as the picture has it.

        Parameters
        ----------
        fed : ndarray of float32, (C, H, W)
            The prepared picture.
        at : Layer
            Whose values are replaced.
        values : ndarray of float32, (N, ...)
            By what, with the axes that `at` names; each on its own.
        layer : Layer
            What is asked for.

        Returns
        -------
        ndarray of float32, (N, ...)
            With the axes that `layer` names.

        Raises
        ------
        NetworkError
            If the values of `at` are integers, or cannot be replaced.

        References
        ----------
        S. Heimersheim and N. Nanda, "How to use and interpret activation patching", 2024,
        https://arxiv.org/abs/2404.15255.
        """

    @abstractmethod
    def _layers_for(self, size: tuple[int, int], names: Sequence[str]) -> Layers:
        """Return layers for pictures of a size: those named at least, whatever befalls others."""

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

    @abstractmethod
    def weights_of(self, layer: Layer) -> dict[str, npt.NDArray[Any]]:
        """Return the numbers that a layer has learned, and those that were measured in training.

        Parameters
        ----------
        layer : Layer
            The layer.

        Returns
        -------
        dict of str to ndarray
            By role: those of `layer.weights`, and those of `layer.state`.
        """

    @property
    @abstractmethod
    def outputs(self) -> tuple[str, ...]:
        """Names of the layers that are the network's answer."""

    @property
    @abstractmethod
    def device(self) -> str:
        """Where it runs: "cpu", "cuda", "mps" or "directml"."""

    @abstractmethod
    def faults(self, size: Size) -> list[Issue]:
        """Return what keeps the network, or a part of it, from running on pictures of a size.

        Parameters
        ----------
        size : int or (int, int)
            Height and width of the input.

        Returns
        -------
        list of Issue
            Empty if all of it runs.
        """

    @abstractmethod
    def randomized(self, seed: int = 0) -> "Network":
        """Return the same network with random weights: the control for what training brought.

        Parameters
        ----------
        seed : int
            Of the random numbers.

        Returns
        -------
        Network
            Its layers are these. Each learned tensor is drawn from a normal distribution with the
            mean and the standard deviation that it has here; what was measured in training (the
            means and variances of a batch normalization) is kept. This network stays as it is.

        Raises
        ------
        NetworkError
            If no weights are real numbers: they are quantized, say.

        References
        ----------
        J. Adebayo et al., "Sanity Checks for Saliency Maps", NeurIPS 2018,
        https://arxiv.org/abs/1810.03292.
        """

    def as_torch(self) -> "TorchNetwork":
        """Return the same layers as PyTorch runs them: for what needs gradients.

        Returns
        -------
        TorchNetwork
            The network itself if it is one.

        Raises
        ------
        NetworkError
            If it has no such form, as an ONNX file.
        MissingExtraError
            If PyTorch is not installed.
        """
        raise NetworkError(
            f"{self.name} gives no gradients; open the PyTorch module that it was exported from"
        )

    @abstractmethod
    def _contents(self) -> Iterator[bytes]:
        """Yield the graph and the weights, always in the same order."""
