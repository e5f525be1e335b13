"""Trial runs: they tell what does not follow from an ONNX model, and they end in any case."""

import time
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import onnx

from actiscope.errors import NetworkError
from actiscope.networks.onnx.engine import Array, Engine, StoppedError
from actiscope.networks.onnx.graph import Graph
from actiscope.networks.onnx.inputs import ImageInput
from actiscope.networks.onnx.scopes import bodies_of

TRIAL_SECONDS = 20.0
"""What the trial runs for one size may take together; each may take half of what is left of it.

A loop may never end. A model without one does: if it is only slow, on a busy machine, say, its
sizes stay unknown, and where its values are asked for it takes as long as it takes.
"""


class Trials:
    """Trial runs of a model on pictures of one size.

    Parameters
    ----------
    engine : Engine
        Runs the model.
    graph : Graph
        The model.
    image : ImageInput
        The input that takes the picture.
    size : (int, int)
        Height and width of the picture.
    strict : bool
        Whether a loop that does not end in time is refused; else it is what cannot be run.
    """

    def __init__(
        self,
        engine: Engine,
        graph: Graph,
        image: ImageInput,
        size: tuple[int, int],
        *,
        strict: bool,
    ) -> None:
        self._engine = engine
        self._graph = graph
        self._image = image
        self._size = size
        self._strict = strict
        self._end = time.monotonic() + TRIAL_SECONDS

    def try_out(
        self, tensors: Sequence[str], *, noise: bool = False
    ) -> tuple[dict[str, Any], NetworkError | None]:
        """Return those of some tensors, from the first, that can be computed; why not the next.

        Parameters
        ----------
        tensors : sequence of str
            Their names; none is that of the picture.
        noise : bool
            Whether the picture is one of noise, not of zeros.

        Returns
        -------
        values : dict of str to ndarray
            As `Engine.compute` gives them.
        reason : NetworkError or None
            None if all can be computed; a `StoppedError` if that took too long.

        Raises
        ------
        NetworkError
            If a loop does not end in time, and that is refused.
        """
        picture = self._picture(noise=noise)
        run = cache(lambda count: self._run(tensors[:count], picture))
        answer = run(len(tensors))
        if not isinstance(answer, NetworkError):
            return answer, None
        fewer = range(1, len(tensors))
        count = bisect_left(fewer, True, key=lambda each: isinstance(run(each), NetworkError))
        return run(count), run(count + 1)

    def _run(self, tensors: Sequence[str], picture: Array) -> Any:
        """Return tensors by name, or the error that keeps them from being computed."""
        seconds = max(0.0, (self._end - time.monotonic()) / 2)
        try:
            return self._engine.compute(sorted(tensors), picture, seconds=seconds)
        except StoppedError:
            height, width = self._size
            how = f"a trial run at {height}x{width} was stopped after {seconds:.2g} s"
            loop = self._loop(tensors)
            if loop is None:
                return StoppedError(f"{how}: it is slow here, or the machine is busy")
            text = f"{how}: its loop {loop.name or loop.op_type!r} may never end, or is slow here"
            if self._strict:
                advice = "try a smaller size, or let `actiscope analyze` tell more of it"
                raise NetworkError(f"{text}; {advice}") from None
            return StoppedError(text)
        except NetworkError as error:
            return error

    def _loop(self, tensors: Sequence[str]) -> onnx.NodeProto | None:
        """Return the first loop that tensors need."""
        nodes, _ = self._graph.needed(tensors)
        return next(filter(_loops, nodes), None)

    def _picture(self, *, noise: bool) -> Array:
        shape = (self._image.channels, *self._size)
        if noise:
            return self._image.feed(np.random.default_rng(0).random(shape, dtype=np.float32))
        return self._image.feed(np.zeros(shape, dtype=np.float32))


def _loops(node: onnx.NodeProto) -> bool:
    return node.op_type == "Loop" or any(
        _loops(each) for body in bodies_of(node) for each in body.node
    )
