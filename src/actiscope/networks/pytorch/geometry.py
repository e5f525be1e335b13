"""Where the units of a traced module's operations look on the picture."""

from collections.abc import Sequence
from typing import Any

from torch import fx, nn

from actiscope.geometry import Window
from actiscope.networks.places import Place, Shape, joined, pooled

_POINTWISE_MODULES = (
    nn.BatchNorm2d, nn.Dropout, nn.Dropout2d, nn.Identity, nn.LocalResponseNorm,
    nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.PReLU, nn.ELU, nn.SELU, nn.CELU, nn.GELU, nn.SiLU, nn.Mish,
    nn.Sigmoid, nn.Tanh, nn.Hardswish, nn.Hardsigmoid, nn.Hardtanh, nn.Softplus, nn.Softsign,
    nn.Softmax2d,
)  # fmt: skip
_POINTWISE = {
    "abs", "add", "batch_norm", "cat", "chunk", "clamp", "clip", "clone", "concat", "concatenate",
    "contiguous", "detach", "div", "dropout", "dropout2d", "elu", "exp", "float", "gelu",
    "getattr", "half", "hardsigmoid", "hardswish", "hardtanh", "iadd", "imul", "isub",
    "leaky_relu", "log", "maximum", "minimum", "mish", "mul", "neg", "pow", "relu", "relu6",
    "relu_", "rsqrt", "selu", "sigmoid", "silu", "split", "sqrt", "stochastic_depth", "sub",
    "tanh", "to", "truediv", "type", "where",
}  # fmt: skip
_RESHAPING = {"flatten", "view", "reshape", "squeeze", "unsqueeze", "unflatten"}


class Locator:
    """Follows units through a traced module, operation by operation.

    Parameters
    ----------
    module : torch.fx.GraphModule
        The traced module.
    names : dict of str to str
        Name of each of its operations.
    shapes : dict of str to tuple of int
        Shape of what each gives, by name.

    Attributes
    ----------
    places : dict of str to Place
        By name.
    """

    def __init__(
        self, module: fx.GraphModule, names: dict[str, str], shapes: dict[str, Shape]
    ) -> None:
        self.places: dict[str, Place] = {}
        self._names = names
        self._shapes = shapes
        self._module = module
        self._modules = dict(module.named_modules())
        for node in module.graph.nodes:
            place = self._follow(node)
            if place is not None:
                self.places[names[node.name]] = place.remembering(self._shape(node))

    def _shape(self, node: fx.Node) -> Shape | None:
        return self._shapes.get(self._names[node.name])

    def _place(self, node: fx.Node) -> Place | None:
        return self.places.get(self._names[node.name])

    def _follow(self, node: fx.Node) -> Place | None:
        if node.op == "placeholder":
            return Place(axes=(1, 2) if len(self._shape(node) or ()) == 3 else (2, 3))
        inputs = [(each, place) for each in node.all_input_nodes if (place := self._place(each))]
        if not inputs:
            return None
        main, place = next((one for one in inputs if one[1].axes is not None), inputs[0])
        before, after = self._shape(main), self._shape(node)
        if node.op == "call_module":
            return _through_module(self._modules[str(node.target)], place, before, after)
        target = node.target
        called = target if isinstance(target, str) else getattr(target, "__name__", "")
        if called in _POINTWISE:
            tensors = [(each, self._shape(source)) for source, each in inputs]
            return joined(tensors, after).normalized(_along(node, called), len(before or ()))
        if called == "conv2d" and place.has_channels_first(len(before or ())):
            return self._convolved(node, place)
        return _through_function(node, called, place, before, after)

    def _convolved(self, node: fx.Node, place: Place) -> Place:
        """Follow ``F.conv2d``, whose kernel is a parameter."""
        given = _arguments(node, "weight", "bias", "stride", "padding", "dilation")
        weight, padding = given["weight"], given.get("padding", 0)
        if not isinstance(weight, fx.Node) or weight.op != "get_attr" or padding == "same":
            return place.everywhere()
        kernel = self._module.get_parameter(str(weight.target)).shape[2:]
        stride, dilation = given.get("stride", 1), given.get("dilation", 1)
        return _pool(place, tuple(kernel), stride, 0 if padding == "valid" else padding, dilation)


def _through_module(
    layer: nn.Module, place: Place, before: Shape | None, after: Shape | None
) -> Place:
    rank = len(before or ())
    if isinstance(layer, _POINTWISE_MODULES):
        return place
    if place.has_channels_first(rank):
        if isinstance(layer, nn.ConvTranspose2d):
            return place.transposed(
                layer.kernel_size, layer.stride, _pair(layer.padding), layer.dilation
            )
        if isinstance(layer, nn.Conv2d):
            found = place.slid(*_windows_of_conv(layer))
            return found if layer.padding_mode == "zeros" else found.everywhere()
        if isinstance(layer, nn.MaxPool2d):
            return _pool(place, layer.kernel_size, layer.stride, layer.padding, layer.dilation)
        if isinstance(layer, nn.AvgPool2d):
            return _pool(place, layer.kernel_size, layer.stride, layer.padding, 1)
        if isinstance(layer, nn.Upsample):
            align = bool(layer.align_corners)
            return place.resized(before, after, cubic=layer.mode == "bicubic", align_corners=align)
    if isinstance(layer, nn.ZeroPad2d | nn.ConstantPad2d):
        return _padded(place, layer.padding, rank)
    if isinstance(layer, nn.Flatten | nn.Unflatten):
        return place.reshaped(before, after)
    if isinstance(layer, nn.Linear | nn.Softmax | nn.LayerNorm) and place.axes is None:
        return place
    if isinstance(layer, nn.Linear):
        return place.normalized([-1], rank)
    if isinstance(layer, nn.LayerNorm):
        return place.normalized(range(-len(layer.normalized_shape), 0), rank)
    return _adaptive_or_mixed(type(layer).__name__.startswith("Adaptive"), place, before, after)


def _through_function(
    node: fx.Node, called: str, place: Place, before: Shape | None, after: Shape | None
) -> Place:
    rank = len(before or ())
    pools = called in ("max_pool2d", "boolean_dispatch", "avg_pool2d")
    if pools and place.has_channels_first(rank):
        given = _arguments(node, "kernel_size", "stride", "padding", "dilation")
        dilation = 1 if called == "avg_pool2d" else given.get("dilation", 1)
        kernel = given["kernel_size"]
        return _pool(place, kernel, given.get("stride"), given.get("padding", 0), dilation)
    if called == "pad":
        given = _arguments(node, "pad", "mode")
        if given.get("mode", "constant") == "constant":
            return _padded(place, given["pad"], rank)
    if called == "interpolate":
        given = _arguments(node, "size", "scale_factor", "mode", "align_corners")
        align = bool(given.get("align_corners"))
        cubic = given.get("mode") == "bicubic"
        return place.resized(before, after, cubic=cubic, align_corners=align)
    if called == "permute":
        order = node.args[1:] if len(node.args) > 2 else node.args[-1]
        if isinstance(order, tuple | list):
            axes = [each % rank for each in order if isinstance(each, int)]
            return place.permuted(axes)
    if called == "transpose" and rank:
        axes = list(range(rank))
        swapped = [each % rank for each in node.args[1:3] if isinstance(each, int)]
        if len(swapped) == 2:
            first, second = swapped
            axes[first], axes[second] = second, first
            return place.permuted(axes)
    if called in _RESHAPING:
        return place.reshaped(before, after)
    if called == "layer_norm" and place.axes is not None:
        shape: Any = _arguments(node, "normalized_shape").get("normalized_shape", ())
        return place.normalized(range(-len(shape), 0), rank)
    if called in ("layer_norm", "linear", "softmax") and place.axes is None:
        return place
    if called == "linear":
        return place.normalized([-1], rank)
    if called == "getitem":
        return _getitem(node.args[1], place, before, after)
    return _adaptive_or_mixed(called.startswith("adaptive"), place, before, after)


def _along(node: fx.Node, called: str) -> list[int]:
    """Return the axis along which tensors are strung together or taken apart."""
    position = {"cat": 1, "concat": 1, "concatenate": 1, "chunk": 2, "split": 2}.get(called)
    if position is None:
        return []
    given = node.args[position] if len(node.args) > position else node.kwargs.get("dim", 0)
    return [given] if isinstance(given, int) else [*range(4)]


def _adaptive_or_mixed(
    adaptive: bool, place: Place, before: Shape | None, after: Shape | None
) -> Place:
    if adaptive:
        same = place.size_in(before) == place.size_in(after)
        return place if same else pooled(place)
    return place.mixed(before, after)


def _getitem(index: Any, place: Place, before: Shape | None, after: Shape | None) -> Place:
    """Follow a choice of one of several values, or a slice."""
    if before is None or (isinstance(index, int) and len(before) == len(after or ())):
        return place
    parts = index if isinstance(index, tuple) else (index,)
    if Ellipsis in parts:
        at = parts.index(Ellipsis)
        filled = len(before) - len(parts) + 1
        parts = parts[:at] + (slice(None),) * filled + parts[at + 1 :]
    cuts = {}
    for axis, part in enumerate(parts):
        if not isinstance(part, slice) or not all(
            isinstance(each, int | None) for each in (part.start, part.stop, part.step)
        ):
            return place.mixed(before, after)
        first, _, step = part.indices(before[axis])
        cuts[axis] = (first, step)
    return place.cut(cuts)


def _arguments(node: fx.Node, *names: str) -> dict[str, Any]:
    return dict(zip(names, node.args[1:], strict=False)) | dict(node.kwargs)


def _pair(value: Any) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else (int(value[0]), int(value[-1]))


def _padded(place: Place, pads: Any, rank: int) -> Place:
    """Follow padding by a constant: (left, right, above, below, ...), from the last axis on."""
    if not isinstance(pads, tuple | list) or not all(isinstance(each, int) for each in pads):
        return place.everywhere()
    firsts = pads[::2]
    return place.cut({rank - 1 - i: (-first, 1) for i, first in enumerate(firsts)})


def _windows_of_conv(layer: nn.Conv2d) -> tuple[Window, Window]:
    if layer.padding == "same":
        totals = [d * (k - 1) for d, k in zip(layer.dilation, layer.kernel_size, strict=True)]
    else:
        totals = [2 * pad for pad in _pair(0 if layer.padding == "valid" else layer.padding)]
    rows, cols = (
        Window(
            kernel=layer.kernel_size[i],
            stride=layer.stride[i],
            before=totals[i] // 2,
            after=totals[i] - totals[i] // 2,
            dilation=layer.dilation[i],
        )
        for i in (0, 1)
    )
    return rows, cols


def _pool(place: Place, kernel: Any, stride: Any, padding: Any, dilation: Any) -> Place:
    sizes, steps, pads, holes = map(_pair, (kernel, stride or kernel, padding, dilation))
    rows, cols = (Window(sizes[i], steps[i], pads[i], pads[i], holes[i]) for i in (0, 1))
    return place.slid(rows, cols)


def grids_before(shapes: Sequence[Shape]) -> list[tuple[int, int] | None]:
    """Return, for each of some shapes in order, rows and columns of the last map up to it."""
    grids: list[tuple[int, int] | None] = []
    last = None
    for shape in shapes:
        last = (shape[2], shape[3]) if len(shape) == 4 else last
        grids.append(last)
    return grids
