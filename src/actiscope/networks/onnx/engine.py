"""Tensors of an ONNX model, computed by ONNX Runtime."""

import threading
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
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


class StoppedError(NetworkError):
    """A run took longer than it was given."""


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

    def keeping_memory(self, size: tuple[int, int]) -> AbstractContextManager[None]:
        """Keep the memory that runs on pictures of a size take, between runs."""
        return self._sessions.keeping_memory(size)

    def compute(
        self,
        tensors: Sequence[str],
        picture: Array,
        threads: int = 0,
        *,
        unsure: bool = True,
        size: tuple[int, int] | None = None,
        seconds: float | None = None,
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
        size : (int, int), optional
            Height and width of the picture, where its runs may keep their memory.
        seconds : float, optional
            When it is stopped, if it still runs.

        Returns
        -------
        dict of str to ndarray
            What is no tensor, a sequence, say, is given as it is.

        Raises
        ------
        NetworkError
            If they cannot be computed.
        StoppedError
            If that took too long.
        """
        if not tensors:
            return {}
        with foreign(f"the network cannot be run on {'x'.join(map(str, picture.shape[-3:]))}"):
            session = self._sessions.get(tuple(tensors), threads, unsure=unsure, size=size)
            values = self._run(session, tensors, picture, seconds=seconds)
            return dict(zip(tensors, values, strict=True))

    def compute_patched(
        self, tensor: str, picture: Array, given: str, values: Array, *, unsure: bool = True
    ) -> Array:
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
        unsure : bool
            As for `compute`.
        """
        with foreign(
            f"values of {'x'.join(map(str, values.shape))} cannot take the place of others"
        ):
            kind = onnx.helper.np_dtype_to_tensor_dtype(values.dtype)
            session = self._sessions.get((tensor,), given=Given(given, kind), unsure=unsure)
            (answer,) = self._run(session, [tensor], picture, {given: values})
            return np.asarray(answer)

    def _run(
        self,
        session: ort.InferenceSession,
        tensors: Sequence[str],
        picture: Array,
        given: Mapping[str, Array] = MappingProxyType({}),
        *,
        seconds: float | None = None,
    ) -> Any:
        wanted = {info.name for info in session.get_inputs()}
        known = {**self._others, self._image.name: picture, **given}
        fed = {name: known[name] for name in wanted}
        if seconds is None:
            return session.run(tensors, fed)
        options = ort.RunOptions()
        options.terminate = seconds <= 0
        timer = threading.Timer(seconds, setattr, (options, "terminate", True))
        timer.start()
        try:
            return session.run(tensors, fed, options)
        except Exception as error:
            if options.terminate:
                raise StoppedError(f"it was stopped after {seconds:.3g} s") from error
            raise
        finally:
            timer.cancel()
