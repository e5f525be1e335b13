"""A network that PyTorch runs."""

import copy
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from actiscope.activations import Values
from actiscope.checks import Size, check_size
from actiscope.errors import NetworkError, one_line
from actiscope.layers import Layer, Layers
from actiscope.networks.foreign import foreign
from actiscope.networks.issues import Issue
from actiscope.networks.network import LayerKey, Network
from actiscope.networks.patching import Batch, run_batch
from actiscope.networks.preparation import Preparation
from actiscope.networks.pytorch.capturing import (
    GraphCapture,
    HookCapture,
    Keeper,
    Kept,
    as_for_inference,
    flatten,
    to_numpy,
)
from actiscope.networks.pytorch.describing import (
    Operation,
    describe,
    find_operation,
    operations_of,
)
from actiscope.networks.pytorch.gradients import Differentiable
from actiscope.networks.pytorch.patching import Patcher, batch_of
from actiscope.networks.pytorch.tracing import trace
from actiscope.networks.redrawing import random_name, redraw

_WAYS = (
    (torch.channels_last, True),
    (torch.contiguous_format, True),
    (torch.contiguous_format, False),
)
"""How a module may take a picture: its layout, and whether in a batch of one; the best first."""


class TorchNetwork(Network):
    """A PyTorch module, run as it is: nothing of it is changed.

    Parameters
    ----------
    module : torch.nn.Module
        The module; it takes a picture (1, C, H, W), or (C, H, W) if not.
    name, input_size, preparation, classes
        As for `Network`.
    device : str
        Where it runs; "auto" takes CUDA or MPS where they are.
    strict : bool
        Whether a module that fails is refused; else it is known as far as it goes.

    Raises
    ------
    NetworkError
        If it is compiled to a form that cannot be looked into, or cannot be run.
    """

    def __init__(
        self,
        module: nn.Module,
        *,
        name: str,
        input_size: tuple[int, int],
        preparation: Preparation,
        classes: tuple[str, ...] = (),
        device: str = "auto",
        strict: bool = True,
    ) -> None:
        self._module = _look_inside(module)
        self.preparation = preparation
        self._device = device
        self._describe = lru_cache(maxsize=16)(self._describe_at)
        self._lock = threading.Lock()
        self._layout = torch.channels_last
        self._batched = True
        self._capture: GraphCapture | HookCapture = HookCapture(self._module)
        self._copies = True
        self._strict = strict
        answer = self._try(input_size)
        for in_place in () if answer is None else (False, True):
            traced = trace(self._module, in_place=in_place)
            if traced is not None:
                self._capture = GraphCapture(*traced)
                self._copies = self._capture.writes
                if self._gives(answer, input_size):
                    break
        else:
            self._capture = HookCapture(self._module)
            self._copies = True
        super().__init__(
            name=name,
            layers=self._describe(input_size, None),
            input_size=input_size,
            preparation=preparation,
            classes=classes,
        )

    def layers_at(self, size: Size) -> Layers:
        """Return the layers with the sizes that they have for pictures of a size."""
        return self._describe(check_size(size), None)

    def weights_of(self, layer: Layer) -> dict[str, npt.NDArray[Any]]:
        """Return the numbers that a layer has learned, or that were measured in training."""
        found = find_operation(self._operations, self.layers.find(layer).name)
        return {role: to_numpy(each) for role, each in (found.weights | found.state).items()}

    def randomized(self, seed: int = 0) -> "TorchNetwork":
        """Return the same network with random weights."""
        module = copy.deepcopy(self._module)
        learned = [each for each in module.parameters() if each.is_floating_point()]
        if not learned:
            raise NetworkError(f"{self.name} has no weights that are real numbers to draw anew")
        rng = np.random.default_rng(seed)
        with torch.no_grad():
            for parameter in learned:
                drawn = redraw(parameter.detach().float().cpu().numpy(), rng)
                parameter.copy_(torch.from_numpy(drawn))
        return TorchNetwork(
            module,
            name=random_name(self.name),
            input_size=self.input_size,
            preparation=self.preparation,
            classes=self.classes,
            device=self._device,
            strict=self._strict,
        )

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the layers that are the network's answer."""
        if isinstance(self._capture, HookCapture):
            answer = {self.layers[len(self.layers) - 1].name.partition(":")[0]}
        else:
            answer = self._capture.output_names()
        return tuple(layer.name for layer in self.layers if layer.name.partition(":")[0] in answer)

    @cached_property
    def _operations(self) -> dict[str, Operation]:
        return operations_of(self._module, self._capture)

    @property
    def device(self) -> str:
        """Where it runs."""
        parameter = next(self._module.parameters(), torch.empty(0))
        return _where(self._device, parameter.device).type

    def faults(self, size: Size) -> list[Issue]:
        """Return what keeps it, or a part of it, from running on pictures of a size."""
        keeper = Keeper(None)
        try:
            self._run(self._example(check_size(size)), keeper)
        except NetworkError as error:
            return [Issue("error", [*keeper.shapes][-1], f"what follows it fails: {error}")]
        return []

    def _contents(self) -> Iterator[bytes]:
        yield repr(self._module).encode()
        for layer in self.layers:
            yield f"{layer.name} {layer.type} {layer.inputs} {layer.geometry}".encode()
        for name, tensor in self._module.state_dict().items():
            yield f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode()
            yield tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().tobytes()

    def _layers_for(self, size: tuple[int, int], names: Sequence[str]) -> Layers:
        if size == self.input_size:
            return self.layers
        last = max(names, key=lambda name: self.layers[name].index)
        return self._describe(size, last)

    def run(
        self,
        fed: npt.NDArray[np.float32],
        layers: Sequence[Layer],
        *,
        threads: int = 0,  # noqa: ARG002 - PyTorch has one setting for all
    ) -> list[Values]:
        """Return the values of some layers for one picture, in one pass."""
        names = [layer.name for layer in layers]
        kept = self._keep(fed, set(names))
        missing = [name for name in names if name not in kept]
        if missing:
            raise NetworkError(f"{missing[0]!r} was not computed for this picture")
        return [_arrange(kept[name], layer) for name, layer in zip(names, layers, strict=True)]

    def run_patched(
        self, fed: npt.NDArray[np.float32], at: Layer, values: Batch, layer: Layer
    ) -> Batch:
        """Return what a layer would give if an earlier one had given something else."""

        def run(some: Batch) -> Batch:
            patcher = Patcher(layer.name, at, torch.from_numpy(some))
            self._run(fed, patcher)
            answer = patcher.values().get(layer.name)
            if answer is None or not patcher.was_reached:
                raise NetworkError(f"no run passes {at.name!r} and {layer.name!r}")
            return batch_of(answer, layer)

        return run_batch(run, values)

    def _keep(self, fed: npt.NDArray[np.float32], wanted: set[str]) -> Kept:
        """Run on one picture, with copies only where something writes into what is wanted."""
        keeper = Keeper(wanted, copies=self._copies)
        self._run(fed, keeper)
        module = self._capture.module
        return keeper.values(() if self._copies else (*module.parameters(), *module.buffers()))

    def as_torch(self) -> "TorchNetwork":
        """Return the network itself."""
        return self

    @contextmanager
    def differentiable(
        self, layer: LayerKey, *, through: LayerKey | None = None
    ) -> Iterator[Differentiable]:
        """Lend the module up to a layer as a function that gradients go through.

        Nothing else is run meanwhile. The module is left as it was.

        Parameters
        ----------
        layer : str, int or Layer
            What the function gives.
        through : str, int or Layer, optional
            A layer before it, whose values pass through `Differentiable.gate`.

        Yields
        ------
        Differentiable
            The function.

        Raises
        ------
        LayerNotFoundError
            If there is no such layer.
        NetworkError
            If gradients do not get through.
        """
        layer = self.layers.find(layer)
        gate = None if through is None else self.layers.find(through)
        with self._at_work() as like, as_for_inference(self._capture.module, gradients=True):
            function = Differentiable(
                self._capture,
                layer,
                gate,
                like,
                layout=self._layout,
                copies=self._copies,
                batched=self._batched,
            )
            try:
                yield function
            except RuntimeError as error:
                raise NetworkError(
                    f"no gradient gets from {layer.name!r} to the picture: {one_line(error)}"
                ) from error

    @contextmanager
    def _at_work(self) -> Iterator[torch.Tensor]:
        """Bring the module to where it runs, and home; give nothing, of its place and type."""
        module = self._capture.module
        parameter = next(module.parameters(), torch.empty(0))
        home = parameter.device
        device = _where(self._device, home)
        moved = device != home
        with self._lock:
            try:
                if moved:
                    module.to(device)
                dtype = parameter.dtype if parameter.is_floating_point() else torch.float32
                yield torch.empty(0, device=device, dtype=dtype)
            finally:
                if moved:
                    module.to(home)

    def _run(self, fed: npt.NDArray[np.float32], keeper: Keeper) -> Any:
        """Run on one picture, where and in the type that the module is."""
        height, width = fed.shape[1:]
        with (
            foreign(f"the module cannot be run at {height}x{width}", says=_without_trace),
            self._at_work() as like,
            as_for_inference(self._capture.module),
        ):
            array = np.ascontiguousarray(fed)
            picture = torch.from_numpy(array[np.newaxis] if self._batched else array)
            placed = picture.to(like).contiguous(memory_format=self._layout)
            return self._capture.run(placed, keeper)

    def _try(self, size: tuple[int, int]) -> Any:
        """Run once: some modules cannot read a picture with its channels last, or in a batch."""
        reasons = []
        for layout, batched in _WAYS:
            self._layout, self._batched = layout, batched
            try:
                return self._run(self._example(size), Keeper(None))
            except NetworkError as error:
                reasons.append(error)
        self._batched = True
        if self._strict:
            raise reasons[1]
        return None

    def _gives(self, answer: Any, size: tuple[int, int]) -> bool:
        """Say whether the traced module gives what the module itself gave."""
        try:
            again = self._run(self._example(size), Keeper(None))
        except NetworkError:
            return False
        first, second = (dict(flatten("", value)) for value in (answer, again))
        return first.keys() == second.keys() and all(
            each.shape == second[name].shape
            and torch.allclose(each.float(), second[name].float(), 1e-3, 1e-5, equal_nan=True)
            for name, each in first.items()
        )

    def _example(self, size: tuple[int, int]) -> npt.NDArray[np.float32]:
        noise = np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8)
        return self.preparation.fed(noise)

    def _describe_at(self, size: tuple[int, int], last: str | None) -> Layers:
        """Describe the layers up to the last one that is of interest, None for all."""
        keeper = Keeper(None, last=last)
        try:
            self._run(self._example(size), keeper)
        except NetworkError:
            if self._strict:
                raise
        return describe(self._operations, self._capture, keeper.shapes)


def _look_inside(module: nn.Module) -> nn.Module:
    """Return the module within a compiled one."""
    inner = getattr(module, "_orig_mod", module)
    if isinstance(inner, torch.jit.ScriptModule):
        raise NetworkError(
            "a scripted module cannot be looked into; pass the module that it was scripted from, "
            "or export it with torch.onnx.export"
        )
    if not isinstance(inner, nn.Module):
        raise NetworkError(f"expected a torch.nn.Module, not {type(inner).__name__}")
    return inner


def _without_trace(error: BaseException) -> str:
    """Return a message without the code that torch.fx was at."""
    return one_line(error).partition(" While executing")[0]


def _where(device: str, home: torch.device) -> torch.device:
    """Return where a module that lies at home is run."""
    if device == home.type or (device == "auto" and home.type != "cpu"):
        return home
    if device != "auto":
        return torch.device(device)
    if torch.cuda.is_available():
        return torch.device("cuda", torch.cuda.current_device())
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def _arrange(values: npt.NDArray[np.float32], layer: Layer) -> npt.NDArray[np.float32]:
    """Return one picture's values with the axes that its layer names."""
    one = values[0] if values.ndim > len(layer.axes) and len(values) == 1 else values
    if layer.axes == "CHW" and layer.channels_last:
        one = np.ascontiguousarray(one.transpose(2, 0, 1))
    return one
