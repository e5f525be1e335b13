"""A module as a graph of operations, with the names that the field gives them."""

import copy
import inspect
from collections import Counter
from typing import Any

import torch
from torch import fx


class OneOperation(torch.nn.Module):
    """A module whose forward is a single operation, which is called as the module is."""


class NamingTracer(fx.Tracer):
    """Records a module's operations and names each as torchvision's extractor does.

    A call of a leaf module is named by the module's path, "layer1.0.conv1"; any other operation by
    the path of the module in whose forward it stands, "layer1.0.add"; what is done again gets
    "_1", "_2".
    """

    def __init__(self) -> None:
        super().__init__()
        self.names: dict[str, str] = {}
        self._within = ""
        self._alone = False
        self._uses: Counter[str] = Counter()

    def call_module(
        self, m: torch.nn.Module, forward: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Remember in which module operations stand while it is traced."""
        outer = self._within, self._alone
        self._within, self._alone = self.path_of_module(m), isinstance(m, OneOperation)
        try:
            return super().call_module(m, forward, args, kwargs)
        finally:
            self._within, self._alone = outer

    def create_node(self, kind: str, target: Any, *args: Any, **kwargs: Any) -> fx.Node:
        """Name a node as it is made."""
        node = super().create_node(kind, target, *args, **kwargs)
        if kind == "call_module":
            base = str(target)
        elif self._alone:
            base = self._within
        else:
            own = str(target) if kind == "placeholder" else without_count(node.name)
            base = f"{self._within}.{own}" if self._within else own
        used = self._uses[base]
        self._uses[base] += 1
        self.names[node.name] = f"{base}_{used}" if used else base
        return node


def without_count(name: str) -> str:
    """Return a name without the number that makes it unique: "add" for "add_1"."""
    base, _, count = name.rpartition("_")
    return base if base and count.isdigit() else name


def trace(
    module: torch.nn.Module, *, in_place: bool
) -> tuple[fx.GraphModule, dict[str, str]] | None:
    """Trace a module symbolically.

    Tracing runs the module's own code on stand-ins, which that code may keep: so a copy is traced,
    which shares the parameters and buffers.

    Parameters
    ----------
    module : torch.nn.Module
        The module. Arguments of its forward but the first keep their defaults.
    in_place : bool
        Whether modules such as ``ReLU(inplace=True)`` go on to overwrite what they read. If not,
        nothing has to be copied to keep it; a module may give something else then.

    Returns
    -------
    (fx.GraphModule, dict of str to str) or None
        Its operations, in evaluation mode, and the name of each; None if what it does depends on
        its input.
    """
    shared = {id(each): each for each in (*module.parameters(), *module.buffers())}
    tracer = NamingTracer()
    try:
        twin = copy.deepcopy(module, shared).eval()
        for each in () if in_place else twin.modules():
            if getattr(each, "inplace", False) is True:
                setattr(each, "inplace", False)  # noqa: B010 - as the type checker knows no such name
        defaults = {
            name: parameter.default
            for name, parameter in [*inspect.signature(twin.forward).parameters.items()][1:]
            if parameter.default is not inspect.Parameter.empty
        }
        graph = tracer.trace(twin, concrete_args=defaults or None)
        return fx.GraphModule(tracer.root, graph).eval(), tracer.names
    except Exception:  # any code can be in a forward, and fail on a stand-in in any way
        return None
