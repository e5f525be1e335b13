"""Run a module and keep what its operations give, before anything can overwrite it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import lru_cache
from typing import Any, Protocol

import numpy.typing as npt
import torch
from torch import fx, nn

INPUT = "input"
"""What the picture is called where the module does not name it."""

_WRITING = {"iadd", "iand", "ifloordiv", "imul", "ior", "ipow", "isub", "itruediv", "setitem"}

Kept = dict[str, npt.NDArray[Any]]


class AllThere(Exception):  # noqa: N818 - a signal, not an error
    """The last wanted value is there: the rest of the forward pass is not needed."""


class Keeper:
    """Keeps tensors under their names until all that are wanted are there.

    Parameters
    ----------
    wanted : set of str, optional
        Names; None for all, of which only the shapes are kept.
    copies : bool
        Copy each tensor as it comes, before anything can overwrite it.
    last : str, optional
        If nothing in particular is wanted: the name after which no more shapes are.

    Attributes
    ----------
    shapes : dict of str to tuple of int
        Of tensors that hold real numbers, if nothing in particular was wanted.
    """

    def __init__(
        self, wanted: set[str] | None, *, copies: bool = True, last: str | None = None
    ) -> None:
        self.wanted = None if wanted is None else frozenset(wanted)
        self.copies = copies
        self._last = last
        self._missing = None if wanted is None else set(wanted)
        self._kept: dict[str, torch.Tensor] = {}
        self.shapes: dict[str, tuple[int, ...]] = {}

    def keep(self, name: str, value: Any) -> Any:
        """Keep what is wanted of a value, and return what goes on in its place."""
        for key, tensor in flatten(name, value):
            if self._missing is None:
                if tensor.is_floating_point() or tensor.is_quantized:
                    self.shapes[key] = tuple(tensor.shape)
                if key == self._last:
                    raise AllThere
            elif key in self._missing:
                self._kept[key] = tensor.detach().clone() if self.copies else tensor.detach()
                self._missing.discard(key)
                if not self._missing:
                    raise AllThere
        return value

    def values(self, owned: Iterable[torch.Tensor] = ()) -> Kept:
        """Return what was kept.

        Parameters
        ----------
        owned : iterable of torch.Tensor
            What the module holds on to: memory of these is copied, not shared.

        Returns
        -------
        dict of str to ndarray
            By name, real numbers as 32-bit floats, in the layout of the engine.
        """
        theirs = {each.untyped_storage().data_ptr() for each in owned}
        return {
            name: to_numpy(tensor, tensor.untyped_storage().data_ptr() in theirs)
            for name, tensor in self._kept.items()
        }


def flatten(name: str, value: Any) -> Iterator[tuple[str, torch.Tensor]]:
    """Return the tensors in a value: itself, or those in a tuple, list or dict, by name."""
    if isinstance(value, torch.Tensor):
        yield name, value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from flatten(f"{name}:{key}", each)
    elif isinstance(value, tuple | list):
        for number, each in enumerate(value):
            yield from flatten(f"{name}:{number}", each)


def to_numpy(tensor: torch.Tensor, copied: bool = True) -> npt.NDArray[Any]:
    """Return a tensor of any type and place as an array; a copy, or its memory if it can be."""
    detached = tensor.detach()
    if detached.is_quantized:
        detached = detached.dequantize()
    if detached.is_floating_point():
        detached = detached.to(torch.float32)
    array = detached.cpu().numpy()
    return array.copy() if copied else array


class Capture(Protocol):
    """A way to run a module and keep values by name."""

    @property
    def module(self) -> nn.Module:
        """What is run."""

    def run(self, picture: torch.Tensor, keeper: Keeper) -> Any:
        """Run on one picture.

        Parameters
        ----------
        picture : torch.Tensor, (1, C, H, W)
            The picture.
        keeper : Keeper
            Keeps the values; the run ends as soon as all that it wants are there.

        Returns
        -------
        object
            What the module gives; None if the run ended before.
        """


class GraphCapture:
    """Runs the operations of a traced module one by one.

    Parameters
    ----------
    module : torch.fx.GraphModule
        The traced module.
    names : dict of str to str
        Name of each of its operations.
    """

    def __init__(self, module: fx.GraphModule, names: dict[str, str]) -> None:
        self.module = module
        self.names = names
        self._cut = lru_cache(maxsize=32)(self._cut_at)

    def run(self, picture: torch.Tensor, keeper: Keeper) -> Any:
        """Run on one picture; see `Capture`."""
        if keeper.wanted is not None and not keeper.copies:
            return self._run_cut(picture, keeper, keeper.wanted)
        names = self.names

        class _Interpreter(fx.Interpreter):
            def run_node(self, n: fx.Node) -> Any:
                value = super().run_node(n)
                if n.op in ("get_attr", "output"):
                    return value
                return keeper.keep(names[n.name], value)

        with suppress(AllThere):
            return _Interpreter(self.module).run(picture)
        return None

    def _run_cut(self, picture: torch.Tensor, keeper: Keeper, wanted: frozenset[str]) -> None:
        bases = frozenset(name.partition(":")[0] for name in wanted)
        with suppress(AllThere):
            for name, value in zip(sorted(bases), self._cut(bases)(picture), strict=True):
                keeper.keep(name, value)

    def _cut_at(self, wanted: frozenset[str]) -> fx.GraphModule:
        """Return a module that computes some operations, and only what they need."""
        graph = fx.Graph()
        copies: dict[fx.Node, fx.Node] = {}
        found: dict[str, fx.Node] = {}
        for node in self.module.graph.nodes:
            if wanted <= found.keys():
                break
            copies[node] = graph.node_copy(node, copies.__getitem__)
            if self.names[node.name] in wanted:
                found[self.names[node.name]] = copies[node]
        graph.output(tuple(found[name] for name in sorted(wanted)))
        cut = fx.GraphModule(self.module, graph)
        cut.graph.eliminate_dead_code()
        cut.recompile()
        return cut

    @property
    def writes(self) -> bool:
        """Whether an operation writes into what another one gave."""
        modules = dict(self.module.named_modules())
        return any(_writes(node, modules) for node in self.module.graph.nodes)

    def output_names(self) -> set[str]:
        """Return the names of the operations that the module's answer is made of."""
        (output,) = (node for node in self.module.graph.nodes if node.op == "output")
        return {self.names[node.name] for node in output.all_input_nodes}


def _writes(node: fx.Node, modules: dict[str, nn.Module]) -> bool:
    if node.op == "call_module":
        return getattr(modules[str(node.target)], "inplace", False) is True
    if node.op not in ("call_function", "call_method"):
        return False
    target = node.target
    called = target if isinstance(target, str) else getattr(target, "__name__", "")
    in_place = called.endswith("_") or called in _WRITING
    return in_place or node.kwargs.get("inplace", False) is True


class HookCapture:
    """Runs a module as it is, with a hook on each of its modules.

    Parameters
    ----------
    module : torch.nn.Module
        The module.
    """

    def __init__(self, module: torch.nn.Module) -> None:
        self.module = module

    def run(self, picture: torch.Tensor, keeper: Keeper) -> Any:
        """Run on one picture; see `Capture`."""
        calls: Counter[str] = Counter()
        paths = {path or "output" for path, _ in self.module.named_modules()}

        def hook_for(path: str) -> Callable[..., Any]:
            def hook(_module: Any, _inputs: Any, value: Any) -> Any:
                name = f"{path}_{calls[path]}" if calls[path] else path
                calls[path] += 1
                while name in paths - {path}:
                    name += "_"
                return keeper.keep(name, value)

            return hook

        with ExitStack() as hooks:
            for path, each in self.module.named_modules():
                handle = each.register_forward_hook(hook_for(path or "output"))
                hooks.callback(handle.remove)
            with suppress(AllThere):
                return self.module(
                    keeper.keep(INPUT if INPUT not in paths else f"{INPUT}_", picture)
                )
        return None


@contextmanager
def as_for_inference(module: torch.nn.Module, *, gradients: bool = False) -> Iterator[None]:
    """Put a module in evaluation mode, with or without gradients; restore it whatever happens."""
    training = {name: each.training for name, each in module.named_modules()}
    module.eval()
    try:
        with torch.set_grad_enabled(gradients):
            yield
    finally:
        for name, each in module.named_modules():
            each.training = training.get(name, each.training)
