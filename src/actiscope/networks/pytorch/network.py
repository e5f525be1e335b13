"""A network that PyTorch runs."""

import copy
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
from actiscope.networks.issues import Issue
from actiscope.networks.network import LayerKey, Network
from actiscope.networks.patching import Batch, run_batch
from actiscope.networks.preparation import Preparation
from actiscope.networks.pytorch.capturing import (
    HookCapture,
    Keeper,
    as_for_inference,
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
from actiscope.networks.pytorch.trying import find_runner
from actiscope.networks.redrawing import random_name, redraw


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
        self._strict = strict
        self._describe = lru_cache(maxsize=16)(self._describe_at)
        self._runner = find_runner(self._module, device, self._example(input_size), strict=strict)
        self._capture = self._runner.way.capture
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
        return self._runner.device

    def faults(self, size: Size) -> list[Issue]:
        """Return what keeps it, or a part of it, from running on pictures of a size."""
        keeper = Keeper(None)
        try:
            self._runner.run(self._example(check_size(size)), keeper)
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

    @property
    def is_concurrent(self) -> bool:
        """It is not: a module is changed while it runs."""
        return False

    @contextmanager
    def at_work(self, size: tuple[int, int] | None = None) -> Iterator[None]:  # noqa: ARG002
        """Keep the module where it runs, between runs."""
        with self._runner.staying():
            yield

    def run(
        self, fed: npt.NDArray[np.float32], layers: Sequence[Layer], *, threads: int = 0
    ) -> list[Values]:
        """Return the values of some layers for one picture, in one pass."""
        names = [layer.name for layer in layers]
        kept = self._runner.keep(fed, set(names), threads)
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
            self._runner.run(fed, patcher)
            answer = patcher.values().get(layer.name)
            if answer is None or not patcher.was_reached:
                raise NetworkError(f"no run passes {at.name!r} and {layer.name!r}")
            return batch_of(answer, layer)

        return run_batch(run, values)

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
        way = self._runner.way
        with self._runner.lent() as like, as_for_inference(self._capture.module, gradients=True):
            function = Differentiable(
                self._capture,
                layer,
                gate,
                like,
                layout=way.layout,
                copies=way.copies,
                batched=way.batched,
            )
            try:
                yield function
            except RuntimeError as error:
                raise NetworkError(
                    f"no gradient gets from {layer.name!r} to the picture: {one_line(error)}"
                ) from error

    def _example(self, size: tuple[int, int]) -> npt.NDArray[np.float32]:
        noise = np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8)
        return self.preparation.fed(noise)

    def _describe_at(self, size: tuple[int, int], last: str | None) -> Layers:
        """Describe the layers up to the last one that is of interest, None for all."""
        keeper = Keeper(None, last=last)
        try:
            self._runner.run(self._example(size), keeper)
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


def _arrange(values: npt.NDArray[np.float32], layer: Layer) -> npt.NDArray[np.float32]:
    """Return one picture's values with the axes that its layer names."""
    one = values[0] if values.ndim > len(layer.axes) and len(values) == 1 else values
    if layer.axes == "CHW" and layer.channels_last:
        one = np.ascontiguousarray(one.transpose(2, 0, 1))
    return one
