"""The layers of a PyTorch module."""

from dataclasses import dataclass, field

import torch
from torch import fx, nn

from actiscope.layers import Layer, Layers
from actiscope.networks.connections import follow_back
from actiscope.networks.places import Place, Shape
from actiscope.networks.pytorch.capturing import INPUT, Capture, GraphCapture
from actiscope.networks.pytorch.geometry import Locator, grids_before
from actiscope.networks.pytorch.tracing import without_count

_ABOUT = {"device", "dim", "dtype", "ndim", "numel", "shape", "size"}
"""What is asked of a tensor that does not depend on its values."""


@dataclass(frozen=True)
class Operation:
    """What is known of an operation before its shape."""

    type: str
    inputs: tuple[str, ...] = ()
    module: str = ""
    weights: dict[str, torch.Tensor] = field(default_factory=dict)
    state: dict[str, torch.Tensor] = field(default_factory=dict)


def describe(
    operations: dict[str, Operation], capture: Capture, shapes: dict[str, Shape]
) -> Layers:
    """Describe the layers of a module.

    Parameters
    ----------
    operations : dict of str to Operation
        What is known of its operations, by name.
    capture : Capture
        How it is run.
    shapes : dict of str to tuple of int
        Shapes of what a run on one picture gives, by name, in order.

    Returns
    -------
    Layers
        Those that give real numbers.
    """
    places: dict[str, Place] = {}
    if isinstance(capture, GraphCapture):
        places = Locator(capture.module, capture.names, shapes).places
    grids = grids_before(list(shapes.values()))
    parts: dict[str, list[str]] = {}
    for name in shapes:
        parts.setdefault(name.partition(":")[0], []).append(name)
    read = {each for operation in operations.values() for each in operation.inputs}
    counted: set[int] = set()
    found = []
    for index, ((name, shape), grid) in enumerate(zip(shapes.items(), grids, strict=True)):
        base = name.partition(":")[0]
        operation = find_operation(operations, name)
        weights = {
            role: each for role, each in operation.weights.items() if id(each) not in counted
        }
        counted.update(map(id, weights.values()))
        inputs, _ = follow_back(
            operation.inputs,
            lambda each: parts.get(each, ()),
            lambda each: operations[each].inputs if each in operations else (),
        )
        place = places.get(base) or Place(axes=None, grid=grid).everywhere()
        arranged = place.arranged(shape)
        found.append(
            Layer(
                index=index,
                name=name,
                type=operation.type,
                inputs=inputs,
                size=arranged.size,
                weights={role: tuple(each.shape) for role, each in weights.items()},
                learnables=sum(each.numel() for each in weights.values()),
                state={role: tuple(each.shape) for role, each in operation.state.items()},
                geometry=arranged.geometry,
                axes=arranged.axes,
                grid=arranged.grid,
                module=operation.module,
                channels_last=arranged.channels_last,
                used=base in read or not read,
            )
        )
    return Layers(found)


def operations_of(module: nn.Module, capture: Capture) -> dict[str, Operation]:
    """Return what is known of each operation, by name."""
    if isinstance(capture, GraphCapture):
        return _operations_of_graph(module, capture)
    return _operations_of_modules(module)


def find_operation(operations: dict[str, Operation], name: str) -> Operation:
    """Return the operation that gives a layer: one of its outputs, or a later call of it."""
    base = name.partition(":")[0]
    return operations.get(base) or operations.get(without_count(base), Operation("?"))


def _operations_of_graph(module: nn.Module, capture: GraphCapture) -> dict[str, Operation]:
    modules = dict(module.named_modules())
    found = {}
    for node in capture.module.graph.nodes:
        name = capture.names[node.name]
        weights = _attributes(module, node)
        state: dict[str, torch.Tensor] = {}
        if node.op == "call_module":
            weights |= dict(modules[str(node.target)].named_parameters())
            state = _state(modules[str(node.target)])
        path = str(node.target) if node.op == "call_module" else name.rpartition(".")[0]
        found[name] = Operation(
            type=_type_of(node, modules),
            inputs=()
            if _is_shape(node)
            else tuple(capture.names[each.name] for each in node.all_input_nodes),
            module=path,
            weights=weights,
            state=state,
        )
    return found


def _is_shape(node: fx.Node) -> bool:
    """Say whether an operation tells of a tensor what does not depend on its values."""
    if node.op == "call_function" and node.target is getattr:
        return node.args[1] in _ABOUT
    return node.op == "call_method" and node.target in _ABOUT


def _state(module: nn.Module) -> dict[str, torch.Tensor]:
    """Return the buffers of a module that hold real numbers."""
    return {
        {"running_mean": "mean", "running_var": "variance"}.get(name, name): each
        for name, each in module.named_buffers(recurse=False)
        if each.is_floating_point()
    }


def _attributes(module: nn.Module, node: fx.Node) -> dict[str, torch.Tensor]:
    """Return the parameters that an operation reads directly."""
    found: dict[str, torch.Tensor] = {}
    for each in node.all_input_nodes:
        if each.op == "get_attr":
            path, _, role = str(each.target).rpartition(".")
            value = getattr(module.get_submodule(path), role, None)
            if isinstance(value, nn.Parameter):
                found[role if role not in found else str(each.target)] = value
    return found


def _operations_of_modules(module: nn.Module) -> dict[str, Operation]:
    found = {INPUT: Operation("Image Input"), f"{INPUT}_": Operation("Image Input")}
    for path, each in module.named_modules():
        found[path or "output"] = Operation(
            type=type(each).__name__,
            module=path,
            weights=dict(each.named_parameters(recurse=False)),
            state=_state(each),
        )
    return found


def _type_of(node: fx.Node, modules: dict[str, nn.Module]) -> str:
    if node.op == "placeholder":
        return "Image Input"
    if node.op == "call_module":
        return type(modules[str(node.target)]).__name__
    target = node.target
    return target if isinstance(target, str) else str(getattr(target, "__name__", target))
