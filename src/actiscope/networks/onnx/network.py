"""A network that ONNX Runtime runs."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import lru_cache, partial
from typing import Any

import numpy as np
import numpy.typing as npt

from actiscope.activations import Later, Values, now
from actiscope.checks import Size, check_size
from actiscope.errors import ImageSizeError, NetworkError
from actiscope.layers import Layer, Layers
from actiscope.networks.foreign import foreign
from actiscope.networks.issues import Issue
from actiscope.networks.network import Network
from actiscope.networks.onnx.batching import one_of, put
from actiscope.networks.onnx.deriving import Deriver, needs_engine
from actiscope.networks.onnx.describing import Described
from actiscope.networks.onnx.engine import Engine, StoppedError
from actiscope.networks.onnx.graph import Graph
from actiscope.networks.onnx.inputs import ImageInput
from actiscope.networks.onnx.learnables import state_of, weights_of
from actiscope.networks.onnx.quantization import computed_scales, dequantize
from actiscope.networks.onnx.randomizing import randomize
from actiscope.networks.onnx.sizing import describe_at, too_small_at
from actiscope.networks.onnx.trials import Trials
from actiscope.networks.patching import Batch, run_batch
from actiscope.networks.preparation import Preparation
from actiscope.networks.redrawing import random_name

_LARGEST_SMALLEST = 4096


class OnnxNetwork(Network):
    """A network in ONNX form, run by ONNX Runtime, cut at the layers asked for.

    Parameters
    ----------
    graph : Graph
        The network.
    image : ImageInput
        The input that takes the picture.
    name, input_size, preparation, classes
        As for `Network`.
    others : mapping of str to ndarray, optional
        What its other inputs are fed.
    device : str
        "auto", "cpu", "cuda", "mps" or "directml".
    strict : bool
        Whether a loop that does not end in a trial run is refused.

    Raises
    ------
    NetworkError
        If the model is broken.
    """

    def __init__(
        self,
        graph: Graph,
        image: ImageInput,
        *,
        name: str,
        input_size: tuple[int, int],
        preparation: Preparation,
        classes: tuple[str, ...] = (),
        others: Mapping[str, npt.NDArray[Any]] | None = None,
        device: str = "cpu",
        strict: bool = True,
    ) -> None:
        self._graph = graph
        self._image = image
        self._others = dict(others or {})
        self._asked_device = device
        self._strict = strict
        self._engine = Engine(graph, image, self._others, device)
        self._own = self._describe_at(input_size)
        self._elsewhere = lru_cache(maxsize=64)(self._describe_at)
        super().__init__(
            name=name,
            layers=self._own.layers,
            input_size=input_size,
            preparation=preparation,
            classes=classes,
        )

    def layers_at(self, size: Size) -> Layers:
        """Return the layers with the sizes that they have for pictures of a size."""
        height, width = check_size(size)
        self._check_size((height, width), [layer.name for layer in self.layers])
        return self._describe((height, width)).layers

    def weights_of(self, layer: Layer) -> dict[str, npt.NDArray[Any]]:
        """Return the numbers that a layer has learned, or that were measured in training."""
        nodes = self._describe(self.input_size).holders[self.layers.find(layer).name]
        found = weights_of(self._graph, nodes) | state_of(self._graph, nodes)
        with foreign("the model is damaged"):
            return {role: self._graph.array(tensor) for role, tensor in found.items()}

    def randomized(self, seed: int = 0) -> "OnnxNetwork":
        """Return the same network with random weights."""
        return OnnxNetwork(
            randomize(self._graph, seed),
            self._image,
            name=random_name(self.name),
            input_size=self.input_size,
            preparation=self.preparation,
            classes=self.classes,
            others=self._others,
            device=self._asked_device,
            strict=self._strict,
        )

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the layers that are the network's answer."""
        tensors = self._describe(self.input_size).tensors
        answers = {info.name for info in self._graph.model.graph.output}
        return tuple(name for name, tensor in tensors.items() if tensor in answers)

    @property
    def device(self) -> str:
        """Where it runs."""
        return self._engine.device

    @contextmanager
    def at_work(self, size: tuple[int, int] | None = None) -> Iterator[None]:
        """Keep the memory that runs on pictures of a size take, between runs."""
        with self._engine.keeping_memory(size) if size else nullcontext():
            yield

    def faults(self, size: Size) -> list[Issue]:
        """Return what keeps it, or a part of it, from running on pictures of a size."""
        found = [Issue("error", name, text) for name, text in self._graph.faults.items()]
        size = check_size(size)
        described = self._describe(size)
        named = {tensor: name for name, tensor in described.tensors.items()}
        for tensor, node in self._graph.answers.items():
            named.setdefault(tensor, node.name or node.op_type)
        excepted = described.too_small | {self._image.name}
        tensors = [name for name in named if name not in excepted]
        probed = tensors if found else [name for name in tensors if name in self._graph.answers]
        trials = self._trials(size, strict=False)
        _, reason = trials.try_out(probed)
        if reason:
            computed, reason = trials.try_out(tensors)
        if reason:
            layer = named[tensors[len(computed)]]
            is_slow = isinstance(reason, StoppedError)
            found.append(Issue("warning" if is_slow else "error", layer, str(reason)))
        return found

    def _contents(self) -> Iterator[bytes]:
        graph = self._graph
        yield f"{graph.model.opset_import} {self._image.name}".encode()
        for node in graph.nodes:
            yield node.SerializeToString(deterministic=True)
        arrays = [(name, graph.array(tensor)) for name, tensor in sorted(graph.constants.items())]
        for name, array in (*arrays, *sorted(self._others.items())):
            yield f"{name} {array.dtype} {array.shape}".encode()
            yield array.tobytes()

    def _layers_for(self, size: tuple[int, int], names: Sequence[str]) -> Layers:  # noqa: ARG002
        return self._describe(size).layers

    def run(
        self, fed: npt.NDArray[np.float32], layers: Sequence[Layer], *, threads: int = 0
    ) -> list[Later]:
        """Return the values of some layers for one picture, in one pass."""
        size = fed.shape[1], fed.shape[2]
        names = [layer.name for layer in layers]
        described = self._check_size(size, names)
        tensors = {name: described.tensors[name] for name in names}
        asked = set(tensors.values()) - {self._image.name}
        scales = {name for tensor in asked for name in computed_scales(self._graph, tensor)}
        needed = needs_engine(self._graph, asked | scales)
        picture = self._image.feed(fed)
        computed = self._engine.compute(
            needed, picture, threads, unsure=described.unsure, size=size
        )
        derive = Deriver(self._graph, computed | {self._image.name: fed[np.newaxis]})
        return [
            partial(self._arrange, derive, described.layers[name], described.batch_axes.get(tensor))
            for name, tensor in tensors.items()
        ]

    def run_patched(
        self, fed: npt.NDArray[np.float32], at: Layer, values: Batch, layer: Layer
    ) -> Batch:
        """Return what a layer would give if an earlier one had given something else."""
        if at.tensor == self._image.name:
            return np.stack([now(self.run(each, [layer])[0]) for each in values])
        described = self._check_size((fed.shape[1], fed.shape[2]), [at.name, layer.name])
        picture = self._image.feed(fed)
        unsure = described.unsure
        own = np.asarray(self._engine.compute([at.tensor], picture, unsure=unsure)[at.tensor])
        axes = [described.batch_axes.get(each.tensor) for each in (at, layer)]

        def run(some: Batch) -> Batch:
            placed = put(own, _as_computed(some, at), axes[0], self._image.batch)
            answer = self._engine.compute_patched(
                layer.tensor, picture, at.tensor, placed, unsure=unsure
            )
            if not np.issubdtype(answer.dtype, np.floating):
                raise NetworkError(f"{layer.name!r} holds integers: give one of real numbers")
            if len(some) > 1:
                return _as_given(answer, layer).astype(np.float32)
            return self._arrange(lambda _: answer, layer, axes[1])[np.newaxis]

        return run_batch(run, values)

    def _arrange(
        self, derive: Callable[[str], npt.NDArray[Any]], layer: Layer, batch_axis: int | None
    ) -> Values:
        values = np.asarray(derive(layer.tensor))
        if layer.tensor != self._image.name:
            if batch_axis is not None:
                values = one_of(values, batch_axis, self._image.batch)
            values = dequantize(self._graph, layer.tensor, values, derive)
            values = _as_given(values, layer)
        if values.ndim > len(layer.axes) and len(values) == 1:
            values = values[0]
        with np.errstate(over="ignore"):
            return np.asarray(values, dtype=np.float32, order="C")

    def _check_size(self, size: tuple[int, int], names: Sequence[str]) -> Described:
        self._image.check_size(size)
        described = self._describe(size)
        for name in names:
            if described.tensors[name] in described.too_small:
                smallest = self._smallest(name)
                raise ImageSizeError(
                    f"a picture of {size[0]}x{size[1]} is too small for layer {name!r}"
                    + (f": it needs at least {smallest[0]}x{smallest[1]}" if smallest else "")
                )
        return described

    def _smallest(self, name: str) -> tuple[int, int] | None:
        """Return the smallest square that gives a layer a unit, by bisection."""
        tensor = self._describe(self.input_size).tensors[name]

        def is_enough(side: int) -> bool:
            return tensor not in too_small_at(self._graph, self._image, self._others, (side, side))

        sides = range(1, _LARGEST_SMALLEST + 1)
        side = 1 + bisect_left(sides, True, key=is_enough)
        fits = side in sides and tensor not in self._describe((side, side)).too_small
        return (side, side) if fits else None

    def _describe(self, size: tuple[int, int]) -> Described:
        return self._own if size == self.input_size else self._elsewhere(size)

    def _describe_at(self, size: tuple[int, int]) -> Described:
        with foreign("the model is damaged"):
            trials = self._trials(size, strict=self._strict)
            return describe_at(self._graph, self._image, self._others, trials, size)

    def _trials(self, size: tuple[int, int], *, strict: bool) -> Trials:
        return Trials(self._engine, self._graph, self._image, size, strict=strict)


def _as_given(values: npt.NDArray[Any], layer: Layer) -> npt.NDArray[Any]:
    return np.moveaxis(values, -1, -3) if layer.channels_last else values


def _as_computed(values: npt.NDArray[Any], layer: Layer) -> npt.NDArray[Any]:
    return np.moveaxis(values, -3, -1) if layer.channels_last else values
