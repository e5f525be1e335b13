"""Tensors of an ONNX model, computed by ONNX Runtime."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime as ort

from actiscope.errors import NetworkError
from actiscope.networks.foreign import foreign
from actiscope.networks.onnx.graph import Given, Graph
from actiscope.networks.onnx.inputs import ImageInput
from actiscope.networks.onnx.sessions import Sessions

Array = npt.NDArray[Any]


class Engine:
    """Computes tensors of a model for a picture, and nothing that they do not need.

    Parameters
    ----------
    graph : Graph
        The model.
    image : ImageInput
        The input that takes the picture.
    others : mapping of str to ndarray
        What its other inputs are fed.
    device : str
        "auto", "cpu", "cuda", "mps" or "directml".
    """

    def __init__(
        self, graph: Graph, image: ImageInput, others: Mapping[str, Array], device: str
    ) -> None:
        self._image = image
        self._others = others
        self._sessions = Sessions(graph.cut, graph.folder, graph.external_bytes, device)

    @property
    def device(self) -> str:
        """Where it runs."""
        return self._sessions.device

    def compute(
        self, tensors: Sequence[str], picture: Array, threads: int = 0, *, unsure: bool = True
    ) -> dict[str, Any]:
        """Return tensors by name.

        Parameters
        ----------
        tensors : sequence of str
            Their names; none is that of the picture.
        picture : ndarray
            As the input takes it.
        threads : int
            How many threads are taken; 0 for one a core.
        unsure : bool
            Whether poolings may be left with nothing to pool; if not, it is faster.

        Returns
        -------
        dict of str to ndarray
            What is no tensor, a sequence, say, is given as it is.

        Raises
        ------
        NetworkError
            If they cannot be computed.
        """
        if not tensors:
            return {}
        with foreign(f"the network cannot be run on {'x'.join(map(str, picture.shape[-3:]))}"):
            session = self._sessions.get(tuple(tensors), threads, unsure=unsure)
            return dict(zip(tensors, self._run(session, tensors, picture), strict=True))

    def compute_patched(self, tensor: str, picture: Array, given: str, values: Array) -> Array:
        """Return a tensor, as `compute` does, if another one had other values.

        Parameters
        ----------
        tensor : str
            Its name.
        picture : ndarray
            As the input takes it.
        given : str
            Name of the other one.
        values : ndarray
            As the engine gives them.
        """
        with foreign(
            f"values of {'x'.join(map(str, values.shape))} cannot take the place of others"
        ):
            kind = onnx.helper.np_dtype_to_tensor_dtype(values.dtype)
            session = self._sessions.get((tensor,), given=Given(given, kind))
            (answer,) = self._run(session, [tensor], picture, {given: values})
            return np.asarray(answer)

    def _run(
        self,
        session: ort.InferenceSession,
        tensors: Sequence[str],
        picture: Array,
        given: Mapping[str, Array] = MappingProxyType({}),
    ) -> Any:
        wanted = {info.name for info in session.get_inputs()}
        known = {**self._others, self._image.name: picture, **given}
        return session.run(tensors, {name: known[name] for name in wanted})

    def try_out(
        self, tensors: Sequence[str], size: tuple[int, int], *, noise: bool = False
    ) -> dict[str, Any]:
        """Return those of some tensors, from the first, that can be computed.

        Parameters
        ----------
        tensors : sequence of str
            Their names.
        size : (int, int)
            Height and width of the picture.
        noise : bool
            Whether it is one of noise, not of zeros.

        Returns
        -------
        dict of str to ndarray
            As `compute` does.
        """
        count, _ = self.runnable(tensors, size)
        picture = self._noise(size) if noise else self._nothing(size)
        return self.compute(sorted(tensors[:count]), picture)

    def runnable(self, tensors: Sequence[str], size: tuple[int, int]) -> tuple[int, str]:
        """Return how many tensors, from the first, can be computed, and why not the next."""
        reason = self.refusal(tensors, size)
        if not reason:
            return len(tensors), ""
        count = bisect_left(
            range(1, len(tensors)), True, key=lambda end: bool(self.refusal(tensors[:end], size))
        )
        return count, self.refusal(tensors[: count + 1], size)

    def refusal(self, tensors: Sequence[str], size: tuple[int, int]) -> str:
        """Say why tensors cannot be computed; nothing if they can."""
        try:
            self.compute(sorted({*tensors} - {self._image.name}), self._nothing(size))
        except NetworkError as error:
            return str(error)
        return ""

    def _noise(self, size: tuple[int, int]) -> Array:
        shape = (self._image.channels, *size)
        return self._image.feed(np.random.default_rng(0).random(shape, dtype=np.float32))

    def _nothing(self, size: tuple[int, int]) -> Array:
        return self._image.feed(np.zeros((self._image.channels, *size), dtype=np.float32))
